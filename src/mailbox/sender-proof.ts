import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import type { Mail } from '../core/evidence/mail';
import { CONFIG, type Config } from '../platform/config/config';
import { dnsMoment, saysAbsent, type DnsMoment } from '../platform/dns-moment';
import { SharedResolver } from '../platform/shared-resolver';
import type { InboundMail } from './inbound-mail.entity';

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
  private readonly resolver: SharedResolver;
  private readonly moment: DnsMoment;

  constructor(@Inject(CONFIG) config: Pick<Config, 'DNS_SERVERS'>) {
    this.resolver = new SharedResolver(config.DNS_SERVERS ?? null, 2_000);
    this.moment = dnsMoment(config.DNS_SERVERS ?? null);
  }

  async of(row: Pick<InboundMail, 'door' | 'raw' | 'peerIp' | 'helo' | 'envelopeFrom'>, mail: Mail): Promise<SenderProof> {
    if (mail.from.length !== 1) {
      return 'unproven';
    }
    if (row.door === 'api' || row.door === 'pipe') {
      return 'vouched';
    }
    const resolver = this.resolver.get();
    const ended = new AbortController();
    const late = wait(LIMIT_MS, null, { ref: false, signal: ended.signal });
    late.catch(() => undefined);
    const inTime = <T>(asked: Promise<T>): Promise<T> => Promise.race([asked, late.then(() => Promise.reject(new Error('no answer in time')))]);
    try {
      const checked = (await (await mailauth()).authenticate(row.raw, {
        ...(row.peerIp ? { ip: row.peerIp, helo: row.helo ?? 'unknown', sender: row.envelopeFrom ?? '' } : {}),
        mta: 'unblock-desk', disableBimi: true, resolver: (name: string, type: string) => inTime(this.noted(type, name, resolver.resolve(name, type))),
      } as Parameters<Mailauth['authenticate']>[1])) as { dmarc?: { status?: { result?: string } } | false };
      return checked.dmarc && checked.dmarc.status?.result === 'pass' ? 'proven' : 'unproven';
    } catch {
      // Nothing that a stranger's mail or name server can do is an error of ours: what is not proven is unproven.
      return 'unproven';
    } finally {
      ended.abort();
    }
  }

  /** The same answer; the reading of this mail's evidence, a moment later, need not ask for it again. */
  private async noted<T>(type: string, name: string, asked: Promise<T>): Promise<T> {
    try {
      const answer = await asked;
      if (Array.isArray(answer)) {
        this.moment.note(type, name, answer);
      }
      return answer;
    } catch (error) {
      if (saysAbsent(error)) {
        this.moment.note(type, name, []);
      }
      throw error;
    }
  }
}
