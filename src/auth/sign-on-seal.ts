import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../platform/config/config';
import { Sealed } from '../platform/sealed';
import type { Flow, Identity } from './identity-provider.service';

const LIFE_MS = 600_000;
type Begun = Flow & { next: string };

/** What a browser carries between the steps of single sign-on, sealed: nobody can read it, make it, or use it ten minutes later. */
export class SignOnSeal {
  private readonly flows: Sealed;
  private readonly identities: Sealed;
  private readonly isSecure: boolean;
  private readonly cookie: string;

  constructor({ SECRET, PUBLIC_URL }: Pick<Config, 'SECRET' | 'PUBLIC_URL'>) {
    [this.flows, this.identities] = [new Sealed(SECRET, 'single sign-on'), new Sealed(SECRET, 'identity of single sign-on')];
    this.isSecure = PUBLIC_URL.startsWith('https:');
    this.cookie = this.isSecure ? '__Host-sso' : 'sso';
  }

  /** Lax: the issuer sends the browser back from another site. */
  keep(reply: FastifyReply, begun: Begun): void {
    reply.setCookie(this.cookie, closed(this.flows, begun), { path: '/', httpOnly: true, secure: this.isSecure, sameSite: 'lax', maxAge: LIFE_MS / 1_000 });
  }

  /** What this browser began; it has it no longer. Null when it began nothing, or too long ago. */
  take(request: FastifyRequest, reply: FastifyReply): Begun | null {
    const kept = request.cookies[this.cookie];
    reply.clearCookie(this.cookie, { path: '/', httpOnly: true, secure: this.isSecure, sameSite: 'lax' });
    return kept ? opened<Begun>(this.flows, kept) : null;
  }

  /** For the form that asks whether it is theirs. */
  identity(identity: Identity, staffId: string): string {
    return closed(this.identities, { ...identity, staffId });
  }

  /** Null unless it was sealed for this member of staff. */
  opened(text: string, staffId: string): Identity | null {
    const found = opened<Identity & { staffId: string }>(this.identities, text);
    return found?.staffId === staffId ? { iss: found.iss, sub: found.sub } : null;
  }
}

const closed = (seal: Sealed, what: object): string => seal.close(Buffer.from(JSON.stringify({ what, until: Date.now() + LIFE_MS }))).toString('base64url');

function opened<T>(seal: Sealed, text: string): T | null {
  try {
    const { what, until } = JSON.parse(seal.open(Buffer.from(text, 'base64url')).toString('utf8')) as { what: T; until: number };
    return until > Date.now() ? what : null;
  } catch {
    return null; // what was not sealed by us is nothing
  }
}
