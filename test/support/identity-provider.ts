import { exportJWK, generateKeyPair, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface IdentityProviderStub {
  issuer: string;
  /** From now on: what stands in the token besides or instead of what is right, and how it is signed. */
  faults: { claims?: JWTPayload; header?: Partial<JWTHeaderParameters>; key?: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'] | Uint8Array; unsigned?: boolean; iss?: string; status?: number; silent?: boolean };
  /** Acts as the person at the issuer who has just signed in as `sub`: where the browser is sent back to. */
  signIn(url: string, sub: string): URL;
  /** Who a browser that comes to the issuer is: it shows a page with one link, back to the desk. */
  person: string;
  /** What the token endpoint was sent. */
  asked: URLSearchParams[];
  close(): Promise<void>;
}

interface Granted { sub: string; nonce: string; challenge: string; redirect: string }

/** An issuer of OpenID Connect over real HTTP, which checks what an issuer checks: a code once, the verifier, the redirect, the secret. */
export async function identityProvider(client: { id: string; secret: string }): Promise<IdentityProviderStub> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  const granted = new Map<string, Granted>();
  const stub: IdentityProviderStub = { issuer: '', faults: {}, person: 'nobody', asked: [], signIn: (url, sub) => signIn(url, sub), close: () => Promise.resolve() };

  function signIn(url: string, sub: string): URL {
    const asked = new URL(url).searchParams;
    const code = randomUUID();
    granted.set(code, { sub, nonce: asked.get('nonce') ?? '', challenge: asked.get('code_challenge') ?? '', redirect: asked.get('redirect_uri') ?? '' });
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({ code, state: asked.get('state') ?? '', iss: stub.faults.iss ?? stub.issuer }).toString();
    return back;
  }

  async function tokens(request: IncomingMessage): Promise<[number, object]> {
    const form = new URLSearchParams(await bodyOf(request));
    stub.asked.push(form);
    const grant = granted.get(form.get('code') ?? '');
    granted.delete(form.get('code') ?? '');
    // Both are form-encoded before they are joined (RFC 6749, 2.3.1).
    const [id, secret] = Buffer.from((request.headers.authorization ?? '').slice('Basic '.length), 'base64').toString().split(':').map((part) => new URLSearchParams(`part=${part}`).get('part'));
    const isClient = id === client.id && secret === client.secret;
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!isClient || !grant || grant.challenge !== challenge || grant.redirect !== form.get('redirect_uri')) {
      return [isClient ? 400 : 401, { error: isClient ? 'invalid_grant' : 'invalid_client' }];
    }
    const { faults } = stub;
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: stub.issuer, sub: grant.sub, aud: client.id, nonce: grant.nonce, iat: now, exp: now + 300, ...faults.claims };
    const part = (what: object): string => Buffer.from(JSON.stringify(what)).toString('base64url');
    const token = faults.unsigned ? `${part({ alg: 'none' })}.${part(claims)}.` : await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one', ...faults.header }).sign(faults.key ?? privateKey);
    return [200, { access_token: 'opaque', token_type: 'Bearer', id_token: token }];
  }

  const server = createServer((request, response) => {
    if (stub.faults.silent) {
      request.destroy();
      return;
    }
    const path = new URL(request.url ?? '/', stub.issuer).pathname;
    if (path === '/authorize') {
      const back = stub.signIn(`${stub.issuer}${request.url}`, stub.person).href.replaceAll('&', '&amp;');
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>The issuer</title><a href="${back}">Go on as ${stub.person}</a>`);
      return;
    }
    const found = path === '/.well-known/openid-configuration' ? Promise.resolve<[number, object]>([stub.faults.status ?? 200, {
      issuer: stub.issuer, authorization_endpoint: `${stub.issuer}/authorize`, token_endpoint: `${stub.issuer}/token`, jwks_uri: `${stub.issuer}/keys`,
      response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'], authorization_response_iss_parameter_supported: true,
    }]) : path === '/keys' ? Promise.resolve<[number, object]>([200, { keys: [jwk] }]) : tokens(request);
    void found.then(([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  stub.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stub.close = () => new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
  return stub;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
