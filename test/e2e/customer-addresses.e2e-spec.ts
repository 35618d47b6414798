import { signIn, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';

const MERCIER: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };

let desk: Desk;
let steps: ReturnType<typeof journey>;
beforeAll(async () => {
  desk = await startDesk({ settings: { BLOCKLISTS: 'bl.lists.example,zen.spamhaus.org' } });
  steps = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());

it('says on one page which addresses are blocked, by what, and who else lists them', async () => {
  const block = await steps.blocked('198.51.100.211', MERCIER.id);
  const hack = await steps.blocked('198.51.100.212', MERCIER.id, 'hack');
  const ticket = await steps.handOver(block, MERCIER.id, 'fixed', {});
  await steps.noc.put('/dns', { name: '211.100.51.198.bl.lists.example', type: 'A', values: ['127.0.0.2'] });
  await steps.noc.put('/dns', { name: '211.100.51.198.zen.spamhaus.org', type: 'A', values: ['127.255.255.254'] });
  const customer = await signIn(desk, MERCIER, hack);
  const page = await customer.get('/addresses');
  expect(page.text).toMatch(/198\.51\.100\.211 Blocked by us Spam , since .*closes port 25/);
  expect(page.text).toContain(`Ticket ${ticket.ref}`);
  // The address that the customer came for has no ticket yet.
  expect(page.text).toMatch(/198\.51\.100\.212 Blocked by us Hack , since .*Get it lifted/);
  const lists = await customer.get('/addresses/198.51.100.211/blocklists');
  expect(lists.text).toMatch(/bl\.lists\.example: listed .*Spamhaus: no answer/);
});

it('T11: tells nothing of an address of somebody else, and of none', async () => {
  const theirs = await steps.blocked('198.51.100.213', '20533');
  const customer = await signIn(desk, MERCIER);
  const [other, nobodys] = [await customer.get(`/addresses?ip=${theirs.ip}`), await customer.get('/addresses?ip=192.0.2.77')];
  const answer = (text: string): string => text.slice(text.indexOf('Another address')).replaceAll(theirs.ip, 'X').replaceAll('192.0.2.77', 'X');
  expect(answer(other.text)).toContain('We know of no such address in your account.');
  expect(answer(other.text)).toBe(answer(nobodys.text));
  expect((await customer.get(`/addresses/${theirs.ip}/blocklists`)).status).toBe(404);
  expect((await customer.get('/addresses?ip=nonsense')).status).toBe(422);
});
