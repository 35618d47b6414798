import { Inject, Injectable } from '@nestjs/common';
import type { DMARCOptions, DNSResolver } from 'mailauth';
import type { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Mail } from '../core/evidence/mail';
import { CONFIG, type Config } from '../platform/config/config';
import { dnsMoment, saysAbsent, type DnsMoment } from '../platform/dns-moment';
import { SharedResolver } from '../platform/shared-resolver';
import type { InboundMail } from './inbound-mail.entity';
import { signedBySender } from './signed-by-sender';

/** Loaded with the first mail whose sender is not proven in the ordinary way: it is large, and many processes never see one. */
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
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), LIMIT_MS).unref();
    });
    late.catch(() => undefined);
    const asking = (name: string, type: string): Promise<unknown> => Promise.race([this.noted(type, name, resolver), late]);
    try {
      const signed = await signedBySender(row.raw, mail.from[0] ?? '', Date.now(), (name) => asking(name, 'TXT') as Promise<string[][]>).catch(() => false);
      return signed || (await proves(row, asking as DNSResolver)) ? 'proven' : 'unproven';
    } catch {
      // Nothing that a stranger's mail or name server can do is an error of ours: what is not proven is unproven.
      return 'unproven';
    } finally {
      clearTimeout(timer);
    }
  }

  /** What DNS says, or said a moment ago; the reading of this mail's evidence, a moment later, need not ask for it again. */
  private async noted(type: string, name: string, resolver: Resolver): Promise<unknown> {
    const said = this.moment.recall(type, name);
    if (said && said.answer.length > 0) {
      return said.answer;
    }
    try {
      const answer: unknown = await resolver.resolve(name, type);
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

/**
 * DMARC (RFC 7489 section 4.2): the domain of the From address signed the mail (DKIM), or let its path be used (SPF). The path is asked about only
 * where no signature is proof: most mails are signed. What `signedBySender` has proven never comes here.
 */
async function proves({ raw, peerIp, helo, envelopeFrom }: Pick<InboundMail, 'raw' | 'peerIp' | 'helo' | 'envelopeFrom'>, resolver: DNSResolver): Promise<boolean> {
  const { dkimVerify, dmarc, spf } = await mailauth();
  const sender = envelopeFrom ?? '';
  const { headerFrom, results } = await dkimVerify(raw, { resolver, sender });
  const signed = results.filter(({ status }) => status.result === 'pass');
  const passes = async (spfDomains: string[]): Promise<boolean> => {
    const dkimDomains = signed.map(({ id, signingDomain, status: { aligned, underSized } }) => ({ id, domain: signingDomain, aligned, underSized }));
    const checked = await dmarc({ headerFrom, spfDomains, dkimDomains, resolver } as DMARCOptions);
    return checked !== false && checked.status.result === 'pass';
  };
  if (signed.length > 0 && (await passes([]))) {
    return true;
  }
  if (peerIp === null) {
    return false;
  }
  const path = await spf({ ip: peerIp, helo: isIP(helo ?? '') ? `[${helo ?? ''}]` : (helo ?? 'unknown'), sender, mta: 'unblock-desk', resolver });
  return path.status.result === 'pass' && (await passes([path.domain]));
}
