import { DataSource } from 'typeorm';
import { AuditService } from '../../src/audit/audit.service';
import { COMMAND_LINE } from '../../src/audit/actor';
import { StaffIdentities } from '../../src/auth/staff-identities.service';
import { roleDesk, type RoleDesk, type Sent } from '../support/role-desk';

const NOBODY = '00000000-0000-4000-8000-000000000000';
/** The rows of the page in words: who, and what. */
const rows = ({ body }: Sent): [string, string][] =>
  [...body.matchAll(/<td role="cell" class="by">(.*?)<\/td><td role="cell" class="what">.*?<bdi>(.*?)<\/bdi>/gs)].map(([, by = '', says = '']) => [by.replaceAll(/<[^>]+>/g, ''), says]);

describe('who comes in', () => {
  let desk: RoleDesk;
  beforeAll(async () => {
    desk = await roleDesk({ OIDC_ISSUER: 'https://login.example', OIDC_CLIENT_ID: 'desk', OIDC_NAME: 'Example login' });
  });
  afterAll(() => desk?.stop());
  const able = (role: 'admin' | 'lead', what: 'disable' | 'enable' | 'disconnect', id: string) => desk.page(role, `/desk/settings/staff/${id}/${what}`, {});

  it('is changed by an admin only, at once, and told in the audit by their name', async () => {
    const id = desk.ids.reviewer;
    expect((await able('lead', 'disable', id)).statusCode).toBe(403);
    expect((await desk.page('lead', '/desk/settings')).body).not.toContain(`${id}/disable`);
    expect((await desk.page('admin', '/desk/settings')).body).toContain(`${id}/disable`);
    expect((await desk.page('reviewer', '/desk')).statusCode).toBe(200);
    const put = await able('admin', 'disable', id);
    expect([put.statusCode, put.headers.location]).toEqual([303, '/desk/settings?said=person_disabled#s-staff']);
    expect((await desk.page('admin', '/desk/settings?said=person_disabled')).body).toContain('The account is disabled');
    expect((await desk.page('reviewer', '/desk')).statusCode).toBe(303);
    await able('admin', 'disable', id);
    expect((await able('admin', 'enable', id)).headers.location).toBe('/desk/settings?said=person_enabled#s-staff');
    expect((await desk.page('reviewer', '/desk')).statusCode).toBe(303); // what was begun before does not come back
    expect(rows(await desk.page('auditor', '/desk/audit?kind=people')).slice(0, 2)).toEqual([['The admin', 'Account of The reviewer enabled'], ['The admin', 'Account of The reviewer disabled']]);
  });

  it('is never one’s own account, nor one of somebody who is not there', async () => {
    const own = await able('admin', 'disable', desk.ids.admin);
    expect([own.statusCode, own.body.includes('That is you')]).toEqual([409, true]);
    expect((await desk.page('admin', '/desk/settings')).body).not.toContain(`${desk.ids.admin}/disable`);
    expect([(await able('admin', 'disable', NOBODY)).statusCode, (await able('admin', 'enable', 'x')).statusCode]).toEqual([404, 400]);
  });

  it('loses a single sign-on that an admin takes away', async () => {
    const identity = { iss: 'https://login.example', sub: '<b>4711' };
    await desk.app.get(StaffIdentities).connect(desk.ids.senior, identity, COMMAND_LINE);
    expect((await desk.page('lead', '/desk/settings')).body).toContain('<td>Connected</td>');
    expect((await desk.page('admin', '/desk/settings')).body).toContain(`${desk.ids.senior}/disconnect`);
    expect((await able('lead', 'disconnect', desk.ids.senior)).statusCode).toBe(403);
    expect((await able('admin', 'disconnect', desk.ids.senior)).headers.location).toBe('/desk/settings?said=disconnected#s-staff');
    expect(await desk.app.get(StaffIdentities).staffOf(identity)).toBeNull();
    expect([(await able('admin', 'disconnect', desk.ids.senior)).statusCode, (await able('admin', 'disconnect', NOBODY)).statusCode]).toEqual([404, 404]);
    expect(rows(await desk.page('lead', '/desk/audit')).slice(0, 2)).toEqual([
      ['The admin', 'Single sign-on disconnected for The senior'], ['the command line', 'Single sign-on connected for The senior: &lt;b&gt;4711 at https://login.example'],
    ]);
  });
});

describe('the page of the audit', () => {
  let desk: RoleDesk;
  beforeAll(async () => {
    desk = await roleDesk();
    const audit = desk.app.get(AuditService);
    const by = { kind: 'reviewer' as const, id: desk.ids.lead, name: 'The lead' };
    await desk.app.get(DataSource).transaction((tx) => audit.recordAll(tx, Array.from({ length: 60 }, (_, i) => ({ ticketId: null, event: 'setting_saved', by, detail: { setting: 'promises', version: i + 1, why: `why ${i + 1}` } }))));
    await desk.app.get(DataSource).transaction((tx) => audit.record(tx, { ticketId: NOBODY, event: 'taken', by }));
    await desk.app.get(DataSource).transaction((tx) => audit.record(tx, { ticketId: null, event: 'moon_changed', by: COMMAND_LINE, detail: { tells: { x: 'y' } } }));
  });
  afterAll(() => desk?.stop());

  it.each([['reviewer', 403], ['senior', 403], ['operator', 403], ['lead', 200], ['auditor', 200], ['admin', 200]] as const)('%s: %i, and the way there is shown to who may go', async (role, status) => {
    expect((await desk.page(role, '/desk/audit')).statusCode).toBe(status);
    expect((await desk.page(role, '/desk/keys')).body.includes('href="/desk/audit"')).toBe(status === 200);
  });

  it('tells what belongs to no ticket, the newest first, page by page, what it has no words for by its name', async () => {
    const first = await desk.page('auditor', '/desk/audit');
    expect(rows(first).slice(0, 2)).toEqual([['the command line', 'moon changed'], ['The lead', 'Promises saved as version 60: “why 60”']]);
    expect([rows(first).length, first.body.includes('Newest</a>')]).toEqual([50, false]);
    const older = /href="([^"]+)" rel="next"/.exec(first.body)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    const second = await desk.page('auditor', older);
    expect(rows(second).slice(0, 11).map(([, says]) => says)).toEqual(Array.from({ length: 11 }, (_, i) => `Promises saved as version ${11 - i}: “why ${11 - i}”`));
    expect([rows(second).length, second.body.includes('rel="next"'), second.body.includes('Newest</a>')]).toEqual([61 + 12 - 50, false, true]);
  });

  it('shows one kind, one person, both', async () => {
    const keys = rows(await desk.page('admin', '/desk/audit?kind=keys'));
    expect(keys.map(([, says]) => says)).toContain('API key “The lead” made, scope lead, acts as The lead');
    expect(keys.length).toBe(6);
    const own = await desk.page('admin', `/desk/audit?by=${desk.ids.lead}`);
    expect([new Set(rows(own).map(([by]) => by)), own.body.includes('What The lead changed')]).toEqual([new Set(['The lead']), true]);
    expect((await desk.page('admin', `/desk/audit?by=${desk.ids.lead}&kind=keys`)).body).toContain('Nothing of this kind was changed');
    expect(rows(await desk.page('admin', "/desk/audit?kind=moon&by=x&before=-1'")).length).toBe(50);
  });

  it('says how far the chain has sealed it', async () => {
    expect((await desk.page('admin', '/desk/audit')).body).not.toContain('Sealed up to');
    await desk.source.query(`insert into audit_seal (first_id, last_id, previous, hash, digests) select min(id), max(id), '', 'h', '' from audit_entry`);
    expect((await desk.page('admin', '/desk/audit')).body).toMatch(/Sealed up to <time/);
  });
});
