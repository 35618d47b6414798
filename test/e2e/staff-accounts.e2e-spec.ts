import { startDesk, type Desk } from '../support/desk';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const EMAIL = 'vera@desk.example';
const PASSWORD = 'a-long-enough-password';
const ISSUER = 'https://login.example.org';

describe('accounts of staff by the command line', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await startDesk();
  }, 120_000);
  afterAll(() => desk?.stop());

  const staff = (...args: string[]) => desk.cli(['staff', ...args], '');
  const signIn = async (password = PASSWORD): Promise<string> => {
    const answer = await fetch(`${desk.url}/desk/sign-in`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }, body: new URLSearchParams({ email: EMAIL, password }) });
    return answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '').find((line) => line.startsWith('desk=')) ?? '';
  };
  const page = async (cookie: string): Promise<number> => (await fetch(`${desk.url}/desk/keys`, { redirect: 'manual', headers: { cookie, accept: 'text/html' } })).status;
  const me = async (key: string): Promise<number> => (await fetch(`${desk.url}/api/v1/tickets`, { headers: { authorization: `Bearer ${key}` } })).status;

  /** What the audit says of Vera, by the command line. */
  const told = async (): Promise<string[]> => {
    const lines = await desk.database.query<{ event: string }>("select event from audit_entry where detail->>'staff' = (select id::text from staff_member where email = $1) and by_name = 'the command line' order by id", [EMAIL]);
    return lines.map(({ event }) => event);
  };

  it('lets somebody in, puts them out at once with session and key, and lets them in again', async () => {
    expect(desk.cli(['staff', 'create', '--email', EMAIL, '--name', 'Vera Lind', '--role', 'reviewer'], PASSWORD).status).toBe(0);
    const key = desk.cli(['api-key', 'create', '--name', 'Vera', '--scope', 'reviewer', '--staff', EMAIL], '').stdout.trim();
    const cookie = await signIn();
    expect([await page(cookie), await me(key)]).toEqual([200, 200]);
    expect(staff('disable', '--email', 'Vera@Desk.example').status).toBe(0);
    expect([await page(cookie), await signIn()]).toEqual([303, '']);
    await waitFor('the key to be refused', async () => (await me(key)) === 401);
    expect(staff('enable', '--email', EMAIL).status).toBe(0);
    expect([await page(cookie), await page(await signIn()), await me(key)]).toEqual([303, 200, 200]);
    expect(staff('enable', '--email', EMAIL).status).toBe(0);
    expect(await told()).toEqual(['staff_created', 'api_key_created', 'staff_disabled', 'staff_enabled']);
  });

  it('gives somebody another role, in the session that they have', async () => {
    const cookie = await signIn();
    const settings = async (): Promise<number> => (await fetch(`${desk.url}/desk/settings`, { redirect: 'manual', headers: { cookie, accept: 'text/html' } })).status;
    expect(await settings()).toBe(403);
    expect([staff('role', '--email', EMAIL, '--role', 'lead').status, staff('role', '--email', EMAIL, '--role', 'lead').status]).toEqual([0, 0]);
    expect(await settings()).toBe(200);
    expect((await told()).filter((event) => event === 'staff_role_changed')).toHaveLength(1);
  });

  it('gives somebody a new password, and ends what the old one began', async () => {
    const cookie = await signIn();
    expect(desk.cli(['staff', 'password', '--email', EMAIL], 'another-long-password').status).toBe(0);
    expect([await page(cookie), await signIn(), await page(await signIn('another-long-password'))]).toEqual([303, '', 200]);
    expect((await told()).at(-1)).toBe('staff_password_set');
    expect(desk.cli(['staff', 'create', '--email', EMAIL, '--name', 'Vera Lind', '--role', 'reviewer'], PASSWORD)).toMatchObject({ status: 1, stderr: expect.stringContaining('already') as string });
  });

  it('connects a subject of the issuer with one person only, and takes it away', async () => {
    desk.cli(['staff', 'create', '--email', 'olaf@desk.example', '--name', 'Olaf', '--role', 'reviewer'], PASSWORD);
    const connect = (email: string) => staff('connect', '--email', email, '--issuer', ISSUER, '--subject', '4711');
    expect([connect(EMAIL).status, connect(EMAIL).status]).toEqual([0, 0]);
    expect(connect('olaf@desk.example')).toMatchObject({ status: 1, stderr: expect.stringContaining('another member of staff already') as string });
    expect(await desk.database.query('select iss, sub from staff_identity')).toEqual([{ iss: ISSUER, sub: '4711' }]);
    expect(staff('disconnect', '--email', EMAIL).stdout).toContain('1 taken away');
    expect(staff('disconnect', '--email', EMAIL).stdout).toContain('0 taken away');
    expect((await told()).slice(-2)).toEqual(['sign_on_connected', 'sign_on_disconnected']);
    expect(connect('olaf@desk.example').status).toBe(0);
  });

  it.each([
    [['disable'], 2, 'email must be an address\nUsage: staff disable --email EMAIL'], [['enable', '--email', 'nobody@desk.example'], 1, 'no member of staff with the address nobody@desk.example'],
    [['role', '--email', EMAIL, '--role', 'king'], 2, 'role must be one of reviewer,'], [['role', '--email', 'nobody@desk.example', '--role', 'lead'], 1, 'no member of staff'], [['password', '--email', EMAIL], 2, 'password must have 12 characters'],
    [['connect', '--email', EMAIL], 2, 'issuer is missing; subject is missing\nUsage: staff connect'], [['connect', '--email', 'nobody@desk.example', '--issuer', ISSUER, '--subject', '1'], 1, 'no member of staff'], [['disconnect', '--email', 'nobody@desk.example'], 1, 'no member of staff'],
    [['create', '--email', 'x', '--role', 'reviewer', '--password', PASSWORD], 2, 'email must be an address; name is missing'], [['promote'], 2, 'Usage: staff create'],
  ] as [string[], number, string][])('staff %j: %i', (args, status, says) => {
    expect(staff(...args)).toMatchObject({ status, stderr: expect.stringContaining(says) as string });
  });
});
