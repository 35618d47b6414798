import { generateKeyPair } from 'jose';
import { COMMAND_LINE } from '../../src/audit/actor';
import { StaffIdentities } from '../../src/auth/staff-identities.service';
import { identityProvider, type IdentityProviderStub } from '../support/identity-provider';
import { csrfOf, roleDesk, type RoleDesk, type Sent } from '../support/role-desk';

jest.setTimeout(60_000);

const CLIENT = { id: 'unblock-desk', secret: 'a secret of the client' };

describe('single sign-on of staff', () => {
  let desk: RoleDesk;
  let issuer: IdentityProviderStub;
  beforeAll(async () => {
    issuer = await identityProvider(CLIENT);
    desk = await roleDesk({ OIDC_ISSUER: issuer.issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret, OIDC_NAME: 'Staff login', PUBLIC_URL: 'http://desk.example' });
    await desk.app.get(StaffIdentities).connect(desk.ids.senior, { iss: issuer.issuer, sub: 'sub-senior' }, COMMAND_LINE);
  });
  beforeEach(() => {
    issuer.faults = {};
  });
  afterAll(async () => {
    await desk?.stop();
    await issuer?.close();
  });

  const get = (url: string, cookie = ''): Promise<Sent> => desk.app.getHttpAdapter().getInstance().inject({ method: 'GET', url, headers: { accept: 'text/html', ...(cookie ? { cookie } : {}) } });
  const cookieOf = (answer: Sent, name: string): string => [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0] ?? '').find((cookie) => cookie.startsWith(`${name}=`) && !cookie.endsWith('=')) ?? '';
  const begin = async (cookie = '', next = ''): Promise<{ url: string; cookie: string; answer: Sent }> => {
    const answer = await get(`/desk/sign-in/sso${next ? `?next=${encodeURIComponent(next)}` : ''}`, cookie);
    return { url: String(answer.headers.location), cookie: [cookie, cookieOf(answer, 'sso')].filter(Boolean).join('; '), answer };
  };
  const back = (url: URL, cookie: string): Promise<Sent> => get(`${url.pathname}${url.search}`, cookie);
  const whole = async (sub: string, cookie = ''): Promise<Sent> => {
    const begun = await begin(cookie);
    return back(issuer.signIn(begun.url, sub), begun.cookie);
  };
  /** Told on a page, nobody signed in, and the flow is over. */
  const refused = (answer: Sent): void => {
    expect([answer.statusCode, answer.body.includes('Not signed in'), cookieOf(answer, 'desk')]).toEqual([403, true, '']);
  };

  it('asks the issuer with PKCE, state and nonce, and signs in whom it names', async () => {
    const { url, cookie, answer } = await begin('', '/desk/keys');
    const asked = new URL(url).searchParams;
    expect([answer.statusCode, new URL(url).origin]).toEqual([303, issuer.issuer]);
    expect(Object.fromEntries(asked)).toMatchObject({ response_type: 'code', client_id: CLIENT.id, scope: 'openid', redirect_uri: 'http://desk.example/desk/sign-in/sso/callback', code_challenge_method: 'S256' });
    expect([asked.get('state'), asked.get('nonce'), asked.get('code_challenge')].every((value) => (value ?? '').length >= 43)).toBe(true);
    expect([answer.headers['set-cookie'] ?? []].flat().find((one) => one.startsWith('sso='))).toMatch(/Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    const ended = await back(issuer.signIn(url, 'sub-senior'), cookie);
    expect([ended.statusCode, ended.headers.location]).toEqual([303, '/desk/keys']);
    const page = await get('/desk/keys', cookieOf(ended, 'desk'));
    expect([page.statusCode, page.body.includes('The senior')]).toEqual([200, true]);
  });

  it('shows the way on the page of signing in, and goes to no other site afterwards', async () => {
    const page = await get('/desk/sign-in?next=/desk/keys');
    expect(page.body).toContain('href="/desk/sign-in/sso?next&#x3D;%2Fdesk%2Fkeys"'.replace('&#x3D;', page.body.includes('&#x3D;') ? '&#x3D;' : '='));
    expect(page.body).toContain('Sign in with Staff login');
    const { url, cookie } = await begin('', 'https://evil.example/');
    expect((await back(issuer.signIn(url, 'sub-senior'), cookie)).headers.location).toBe('/desk');
  });

  it('T07 refuses a state that is missing, swapped or of another browser, and a callback that is used twice', async () => {
    const [one, two] = [await begin(), await begin()];
    const url = issuer.signIn(one.url, 'sub-senior');
    const stateless = new URL(url);
    stateless.searchParams.delete('state');
    refused(await back(stateless, one.cookie));
    refused(await back(url, two.cookie));
    refused(await back(url, ''));
    refused(await back(url, `sso=${'x'.repeat(80)}`));
    expect((await back(url, one.cookie)).statusCode).toBe(303);
    refused(await back(url, one.cookie));
  });

  it('T07 refuses a code that was got with another verifier', async () => {
    const [one, two] = [await begin(), await begin()];
    const stolen = issuer.signIn(one.url, 'sub-senior');
    const mine = issuer.signIn(two.url, 'sub-other');
    mine.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    const before = issuer.asked.length;
    refused(await back(mine, two.cookie));
    expect(issuer.asked.length).toBe(before + 1);
  });

  it.each([
    ['of another nonce', () => ({ claims: { nonce: 'another' } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['of another issuer', () => ({ claims: { iss: 'https://evil.example' } })],
    ['for somebody else', () => ({ claims: { aud: 'another-client' } })],
    ['that has ended', () => ({ claims: { iat: 1_700_000_000, exp: 1_700_000_300 } })],
    ['for nobody', () => ({ claims: { sub: undefined } })],
    ['that nobody signed', () => ({ unsigned: true })],
    ['signed with the secret of the client', () => ({ header: { alg: 'HS256' }, key: new TextEncoder().encode(CLIENT.secret.padEnd(32)) })],
    ['signed by somebody else', async () => ({ key: (await generateKeyPair('RS256')).privateKey })],
    ['that names a key elsewhere', async () => ({ header: { kid: 'two', jku: 'http://127.0.0.1:9/keys' }, key: (await generateKeyPair('RS256')).privateKey })],
  ] as [string, () => IdentityProviderStub['faults'] | Promise<IdentityProviderStub['faults']>][])('T07 refuses a token %s', async (_, faults) => {
    issuer.faults = await faults();
    refused(await whole('sub-senior'));
  });

  it('T07 refuses an answer that another issuer gave', async () => {
    issuer.faults = { iss: 'https://evil.example' };
    const before = issuer.asked.length;
    refused(await whole('sub-senior'));
    expect(issuer.asked.length).toBe(before);
  });

  it('says it when the person went back', async () => {
    const { url, cookie } = await begin();
    const denied = new URL('http://desk.example/desk/sign-in/sso/callback');
    denied.search = new URLSearchParams({ error: 'access_denied', error_description: '<b>no</b>', state: new URL(url).searchParams.get('state') ?? '', iss: issuer.issuer }).toString();
    const answer = await back(denied, cookie);
    refused(answer);
    expect([answer.body.includes('did not let you in'), answer.body.includes('<b>no')]).toEqual([true, false]);
  });

  it('says 503 while the issuer is away, and goes on when it is back', async () => {
    const begun = await begin();
    const url = issuer.signIn(begun.url, 'sub-senior');
    issuer.faults = { silent: true };
    expect((await back(url, begun.cookie)).statusCode).toBe(503);
    issuer.faults = {};
    expect((await whole('sub-senior')).statusCode).toBe(303);
  });

  it('knows nobody by an address, nor whom it does not know, nor who was disabled', async () => {
    issuer.faults = { claims: { email: 'senior@desk.example', email_verified: true } };
    const unknown = await whole('sub-of-<nobody>');
    refused(unknown);
    expect(unknown.body).toContain('sub-of-&lt;nobody&gt;');
    await desk.app.get(StaffIdentities).connect(desk.ids.operator, { iss: issuer.issuer, sub: 'sub-operator' }, COMMAND_LINE);
    await desk.source.query('update staff_member set disabled_at = now() where id = $1', [desk.ids.operator]);
    refused(await whole('sub-operator'));
    expect(await desk.app.get(StaffIdentities).staffOf({ iss: 'https://evil.example', sub: 'sub-senior' })).toBeNull();
  });

  it('connects who is signed in with whom the issuer names, when they say so, and for nobody else', async () => {
    const [mine, others] = [desk.sessions.reviewer, desk.sessions.lead];
    const asked = await whole('sub-reviewer', mine.cookie);
    expect([asked.statusCode, asked.body.includes('The reviewer'), asked.body.includes('sub-reviewer')]).toEqual([200, true, true]);
    expect(await desk.app.get(StaffIdentities).staffOf({ iss: issuer.issuer, sub: 'sub-reviewer' })).toBeNull();
    const identity = /name="identity" value="([^"]+)"/.exec(asked.body)?.[1] ?? '';
    expect(csrfOf(asked.body)).toBe(mine.csrf);
    const connect = (role: 'reviewer' | 'lead', text = identity) => desk.page(role, '/desk/sign-in/connect', { identity: text, next: '/desk/keys' });
    expect(others.cookie).not.toBe(mine.cookie);
    expect([(await connect('lead')).statusCode, (await connect('reviewer', `${identity.slice(0, -4)}AAAA`)).statusCode]).toEqual([403, 403]);
    const connected = await connect('reviewer');
    expect([connected.statusCode, connected.headers.location]).toEqual([303, '/desk/keys']);
    const entered = await whole('sub-reviewer');
    expect((await get('/desk/keys', cookieOf(entered, 'desk'))).body).toContain('The reviewer');
    // Whom it names is one person's: nobody else can have it.
    expect(await desk.app.get(StaffIdentities).connect(desk.ids.lead, { iss: issuer.issuer, sub: 'sub-reviewer' }, COMMAND_LINE)).toBe(false);
    expect(await desk.app.get(StaffIdentities).disconnect(desk.ids.reviewer, COMMAND_LINE)).toBe(1);
    refused(await whole('sub-reviewer'));
    expect(await desk.source.query("select event, by_id as by, by_name as name, said->>'subject' as subject from audit_entry where detail->>'staff' = $1 and event like 'sign_on%' order by id", [desk.ids.reviewer])).toEqual([
      { event: 'sign_on_connected', by: desk.ids.reviewer, name: 'The reviewer', subject: 'sub-reviewer' }, { event: 'sign_on_disconnected', by: null, name: 'the command line', subject: null },
    ]);
  });
});

describe('a desk that wants two factors and no passwords', () => {
  let desk: RoleDesk;
  let issuer: IdentityProviderStub;
  const settings = { OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret, OIDC_MFA: 'mfa,https://refeds.org/profile/mfa', PUBLIC_URL: 'http://desk.example' };
  beforeAll(async () => {
    issuer = await identityProvider(CLIENT);
    desk = await roleDesk({ OIDC_ISSUER: issuer.issuer, STAFF_PASSWORDS: 'off', ...settings });
    await desk.app.get(StaffIdentities).connect(desk.ids.senior, { iss: issuer.issuer, sub: 'sub-senior' }, COMMAND_LINE);
  });
  afterAll(async () => {
    await desk?.stop();
    await issuer?.close();
  });

  const inject = (url: string, cookie = '', form?: Record<string, string>) => desk.app.getHttpAdapter().getInstance().inject({
    method: form ? 'POST' : 'GET', url, headers: { accept: 'text/html', cookie, ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) }, ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
  });

  // The first to ask: what the issuer says of itself is believed afterwards.
  it('says 503 while the issuer cannot say who it is, and asks again the next time', async () => {
    issuer.faults = { status: 500 };
    const away = await inject('/desk/sign-in/sso');
    expect([away.statusCode, away.headers['set-cookie'] ?? null, away.body.includes('Single sign-on does not answer')]).toEqual([503, null, true]);
    issuer.faults = {};
    expect((await inject('/desk/sign-in/sso')).statusCode).toBe(303);
  });

  it.each([[{}, 403], [{ amr: ['pwd'] }, 403], [{ acr: 'mf' }, 403], [{ amr: ['pwd', 'mfa'] }, 303], [{ acr: 'https://refeds.org/profile/mfa' }, 303]])('%j: %i', async (claims, status) => {
    issuer.faults = { claims };
    const begun = await inject('/desk/sign-in/sso');
    expect(new URL(String(begun.headers.location)).searchParams.get('acr_values')).toBe('mfa https://refeds.org/profile/mfa');
    const url = issuer.signIn(String(begun.headers.location), 'sub-senior');
    const cookie = [begun.headers['set-cookie'] ?? []].flat().map((one) => one.split(';')[0]).join('; ');
    expect((await inject(`${url.pathname}${url.search}`, cookie)).statusCode).toBe(status);
  });

  it('takes no password, and does not ask for one', async () => {
    const begun = await inject('/desk/sign-in/sso');
    issuer.faults = { claims: { amr: ['mfa'] } };
    const url = issuer.signIn(String(begun.headers.location), 'sub-unknown');
    const unknown = await inject(`${url.pathname}${url.search}`, [begun.headers['set-cookie'] ?? []].flat().map((one) => one.split(';')[0]).join('; '));
    expect([unknown.statusCode, unknown.body.includes('sub-unknown'), unknown.body.includes('password'), unknown.body.includes('<p class="lead">Single sign-on knows you')]).toEqual([403, true, false, true]);
    const page = await inject('/desk/sign-in');
    expect([page.body.includes('type="password"'), page.body.includes('Sign in with single sign-on')]).toEqual([false, true]);
    const sent = await inject('/desk/sign-in', '', { email: 'senior@desk.example', password: 'a-long-enough-password' });
    expect([sent.statusCode, sent.headers['set-cookie'] ?? null, sent.body.includes('takes no passwords')]).toEqual([403, null, true]);
  });
});
