import { Inject, Injectable, Logger } from '@nestjs/common';
import { decodeProtectedHeader, errors, importSPKI, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { address } from '../core/ticket/address';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import type { CustomerAccount, Launch } from './principal';

export type LaunchRefusal = 'not_configured' | 'malformed' | 'bad_signature' | 'wrong_audience_or_type' | 'expired' | 'too_long_lived' | 'incomplete' | 'used';
export type Launched = { ok: true; account: CustomerAccount; launch: Launch } | { ok: false; why: LaunchRefusal; says: string };

/** Longest life of a token from now, in seconds (contract, section 4), and how far a NOC's clock may run ahead of ours. */
const LIFE_SECONDS = 60;
const SKEW_SECONDS = 5;
/** Headers that would bring a key along. We have ours: such a token is not from our NOC (T01). */
const FOREIGN_KEY = ['jku', 'jwk', 'x5u', 'x5c', 'crit'];

const SAYS: Record<LaunchRefusal, string> = {
  not_configured: 'This desk takes no launches: NOC_LAUNCH_KEY is not set.',
  malformed: 'This is no launch token.',
  bad_signature: 'This launch was not signed by our control panel.',
  wrong_audience_or_type: 'This token was made for something else.',
  expired: 'This link from the control panel is older than a minute. Go back there and open it again.',
  too_long_lived: 'A launch token may be valid for at most 60 seconds.',
  incomplete: 'The launch does not say for whom or for which address it is.',
  used: 'This link from the control panel was used already. Go back there and open it again.',
};

const claims = z.object({
  sub: z.string().min(1).max(200),
  jti: z.string().min(8).max(200),
  exp: z.number(),
  email: z.string().max(254).regex(/^[^\s@<>]+@[^\s@<>]+$/),
  name: z.string().max(300).nullish(),
  ip: z.string().refine((ip) => address(ip) !== null).transform((ip) => address(ip) ?? ip).nullish(),
  kind: z.enum(['spam', 'hack']).nullish(),
  blockedAt: z.string().max(40).refine((text) => !Number.isNaN(Date.parse(text))).nullish(),
});

/** Launches from the NOC: a token that it signed, once, for at most a minute. */
@Injectable()
export class LaunchService {
  private readonly log = new Logger('Security');
  private key: Promise<{ algorithm: string; key: CryptoKey | Uint8Array }> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Checks a launch token and uses it up: a second call with the same token is refused, on any process. The algorithm is the
   * one of the key in the settings, never the one that the token names.
   */
  async accept(token: string): Promise<Launched> {
    const now = this.clock.now();
    const read = await this.verify(token, now);
    if (typeof read === 'string') {
      return this.refuse(read);
    }
    const known = claims.safeParse(read);
    if (!known.success) {
      return this.refuse('incomplete');
    }
    const { sub, jti, exp, email, name, ip, kind, blockedAt } = known.data;
    if (exp - now.getTime() / 1000 > LIFE_SECONDS + SKEW_SECONDS) {
      return this.refuse('too_long_lived');
    }
    if (!(await this.use(jti, new Date(exp * 1000), now))) {
      return this.refuse('used');
    }
    const launch: Launch = { ...(ip ? { ip } : {}), ...(kind ? { kind } : {}), ...(blockedAt ? { blockedAt } : {}) };
    return { ok: true, account: { id: sub, email, name: name ?? null }, launch };
  }

  private async verify(token: string, now: Date): Promise<JWTPayload | LaunchRefusal> {
    if (!this.config.NOC_LAUNCH_KEY) {
      return 'not_configured';
    }
    if (token.length > 4096 || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) {
      return 'malformed';
    }
    try {
      if (FOREIGN_KEY.some((name) => name in decodeProtectedHeader(token))) {
        return 'bad_signature';
      }
      const { algorithm, key } = await (this.key ??= readKey(this.config.NOC_LAUNCH_KEY));
      const { payload } = await jwtVerify(token, key, {
        algorithms: [algorithm], audience: 'unblock-desk', typ: 'launch+jwt', currentDate: now, requiredClaims: ['sub', 'jti', 'exp'],
      });
      return payload;
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** True for the first use of this id. What expired long ago, by the clock that checks the expiry, is swept out on the way. */
  private async use(jti: string, expiresAt: Date, now: Date): Promise<boolean> {
    const rows = (await this.source.query(
      `with old as (delete from used_token where expires_at < $3::timestamptz - interval '1 day')
       insert into used_token (purpose, jti, expires_at) values ('launch', $1, $2) on conflict do nothing returning jti`,
      [jti, expiresAt, now],
    )) as unknown[];
    return rows.length === 1;
  }

  private refuse(why: LaunchRefusal): Launched {
    // A token that is only late is everyday life; a used or a forged one is not.
    this.log[why === 'expired' ? 'log' : 'warn'](`A launch was refused: ${why}`);
    return { ok: false, why, says: SAYS[why] };
  }
}

/** A PEM public key is EdDSA, anything else a secret for HS256. Line ends may be written as \n in an environment. */
async function readKey(text: string): Promise<{ algorithm: string; key: CryptoKey | Uint8Array }> {
  const pem = text.replaceAll('\\n', '\n').trim();
  return pem.startsWith('-----BEGIN') ? { algorithm: 'EdDSA', key: await importSPKI(pem, 'EdDSA') } : { algorithm: 'HS256', key: new TextEncoder().encode(text) };
}

function refusalOf(error: unknown): LaunchRefusal {
  if (error instanceof errors.JWTExpired) {
    return 'expired';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return ['aud', 'typ'].includes(error.claim) ? 'wrong_audience_or_type' : 'incomplete';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) {
    return 'bad_signature';
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return 'malformed';
  }
  throw error;
}
