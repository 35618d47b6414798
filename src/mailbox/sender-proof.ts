import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import type { Mail } from '../core/evidence/mail';
import { CONFIG, type Config } from '../platform/config/config';
import type { InboundMail } from './inbound-mail.entity';
import { resolverOf } from './resolver';

/** Loaded with the first whole message: it is large, and many processes never see one. */
type Mailauth = typeof import('mailauth');
const mailauth = (): Promise<Mailauth> => import('mailauth');

/**
 * How far the sender of a mail can be believed. `vouched`: an API key or a local pipe handed it over, and answers for whom it took it from.
 * `proven`: DMARC passed for the one From address, checked by us. `unproven`: everything else.
 */
export type SenderProof = 'vouched' | 'proven' | 'unproven';

/** All look-ups of one mail together, in milliseconds. */
const LIMIT_MS = 8_000;

/** Checks who sent a mail. Authentication-Results that came along are never believed: they are the sender's word (T29). */
@Injectable()
export class SenderProofs {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'DNS_SERVERS'>) {}

  async of(row: Pick<InboundMail, 'door' | 'raw' | 'peerIp' | 'helo' | 'envelopeFrom'>, mail: Mail): Promise<SenderProof> {
    if (mail.from.length !== 1) {
      return 'unproven';
    }
    if (row.door === 'api' || row.door === 'pipe') {
      return 'vouched';
    }
    const resolver = resolverOf(this.config);
    const late = wait(LIMIT_MS, null, { ref: false }).then(() => resolver.cancel());
    try {
      const checked = (await (await mailauth()).authenticate(row.raw, {
        ...(row.peerIp ? { ip: row.peerIp, helo: row.helo ?? 'unknown', sender: row.envelopeFrom ?? '' } : {}),
        mta: 'unblock-desk', disableBimi: true, resolver: (name: string, type: string) => resolver.resolve(name, type),
      } as Parameters<Mailauth['authenticate']>[1])) as { dmarc?: { status?: { result?: string } } | false };
      return checked.dmarc && checked.dmarc.status?.result === 'pass' ? 'proven' : 'unproven';
    } catch {
      // Nothing that a stranger's mail or name server can do is an error of ours: what is not proven is unproven.
      return 'unproven';
    } finally {
      void late.catch(() => undefined);
    }
  }
}
