import { Inject, Injectable, Logger } from '@nestjs/common';
import type * as Library from 'openid-client';
import { CONFIG, type Config } from '../platform/config/config';
import { boundedFetch } from '../platform/http/bounded-fetch';

type Client = typeof Library;
type SignInRefusal = 'unreachable' | 'denied' | 'not_verified' | 'too_weak';
/** Somebody as the issuer knows them. The pair never changes hands; an address or a name does (OpenID Connect Core 1.0, 5.7). */
export interface Identity { iss: string; sub: string }
export type Identified = { ok: true; identity: Identity } | { ok: false; why: SignInRefusal };
/** What the browser that began must bring back, sealed, to end it. */
export interface Flow { state: string; nonce: string; verifier: string }

const CALLBACK = '/desk/sign-in/sso/callback';
/** For one call to the issuer, and for how long what it says of itself is believed, in milliseconds. */
const [WAIT, BELIEVED] = [5_000, 3_600_000];

class Unreachable extends Error {}

/** The issuer at which staff sign in, by OpenID Connect: code flow with PKCE (RFC 7636), state and nonce; the library is a certified relying party. */
@Injectable()
export class IdentityProvider {
  private readonly log = new Logger('Security');
  private known: { until: number; found: Promise<{ client: Client; configuration: Library.Configuration }> } | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** What the button says; null where staff have local accounts only. */
  get name(): string | null {
    return this.config.OIDC_ISSUER ? this.config.OIDC_NAME : null;
  }

  /** Where to send the browser; null when the issuer does not answer. */
  async begin(): Promise<{ url: string; flow: Flow } | null> {
    try {
      const { client, configuration } = await this.discovered();
      const flow = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: `${this.config.PUBLIC_URL}${CALLBACK}`, scope: 'openid', state: flow.state, nonce: flow.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(flow.verifier), code_challenge_method: 'S256',
        ...(this.config.OIDC_MFA.length > 0 ? { acr_values: this.config.OIDC_MFA.join(' ') } : {}),
      });
      return { url: url.href, flow };
    } catch (error) {
      this.log.warn(`The issuer of single sign-on cannot be asked: ${inWords(error)}`);
      return null;
    }
  }

  /** Who came back. @param url as it was called, with its query; the code in it is good for one call */
  async end(url: string, { state, nonce, verifier }: Flow): Promise<Identified> {
    try {
      const { client, configuration } = await this.discovered();
      const tokens = await client.authorizationCodeGrant(configuration, new URL(url, this.config.PUBLIC_URL), { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true });
      const claims = tokens.claims();
      if (!claims) {
        return { ok: false, why: 'not_verified' };
      }
      const strength = [claims['acr'], claims['amr']].flat();
      if (this.config.OIDC_MFA.length > 0 && !this.config.OIDC_MFA.some((value) => strength.includes(value))) {
        this.log.warn(`A sign-in was too weak: acr and amr are ${JSON.stringify(strength).slice(0, 200)}`);
        return { ok: false, why: 'too_weak' };
      }
      return { ok: true, identity: { iss: claims.iss, sub: claims.sub } };
    } catch (error) {
      const why = error instanceof Unreachable || (error as Error).cause instanceof Unreachable ? 'unreachable' : isDenial(error) ? 'denied' : 'not_verified';
      this.log.warn(`A single sign-on was refused (${why}): ${inWords(error)}`);
      return { ok: false, why };
    }
  }

  private discovered(): Promise<{ client: Client; configuration: Library.Configuration }> {
    if (!this.known || this.known.until < performance.now()) {
      const known = { until: performance.now() + BELIEVED, found: this.discover() };
      this.known = known;
      // Whoever comes next asks again.
      known.found.catch(() => (this.known = this.known === known ? undefined : this.known));
    }
    return this.known.found;
  }

  private async discover(): Promise<{ client: Client; configuration: Library.Configuration }> {
    // Only a desk that has an issuer pays for it at the start.
    const client = await import('openid-client');
    const { OIDC_ISSUER: issuer = '', OIDC_CLIENT_ID: id = '', OIDC_CLIENT_SECRET: secret } = this.config;
    const configuration = await client.discovery(new URL(issuer), id, undefined, secret ? withSecret(client, secret) : client.None(), {
      timeout: WAIT / 1_000, [client.customFetch]: bounded,
      // The signature of the token is checked although it came over TLS: a token that a proxy made is none.
      execute: [client.enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : [])], // http is loopback only (oidc-settings)
    });
    return { client, configuration };
  }
}

/** In the header, as is the default (OpenID Connect Core 1.0, 9), unless the issuer takes it in the body only. */
const withSecret = (client: Client, secret: string): Library.ClientAuth => (server, ...rest) =>
  (server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') === false ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret))(server, ...rest);

/** As all our calls: limits of time and size, and no redirect is followed. */
const bounded: Library.CustomFetch = async (url, { method, headers, body }) => {
  const text = body === undefined || body === null ? undefined : body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : null;
  if (text === null) {
    throw new Error('Only text is sent to the issuer.');
  }
  const answer = await boundedFetch({ method: method === 'POST' ? 'POST' : 'GET', url, headers, milliseconds: WAIT, ...(text === undefined ? {} : { body: text }) });
  if (!('status' in answer)) {
    throw new Unreachable(answer.detail);
  }
  const type = answer.headers.get('content-type');
  return new Response([204, 205, 304].includes(answer.status) ? null : answer.text, { status: answer.status, headers: type ? { 'content-type': type } : {} });
};

const isDenial = (error: unknown): boolean => (error as { code?: string }).code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR';
const inWords = (error: unknown): string => {
  const { message, code, error: said, cause } = error as Error & { code?: string; error?: string };
  return [message, code, said, cause instanceof Error ? cause.message : undefined].filter(Boolean).join('; ').slice(0, 300);
};
