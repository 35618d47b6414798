import { proveDkimHeaders } from '../core/headers/prove-dkim-headers';
import { readDkimSignature, type DkimSignature } from '../core/headers/read-dkim-signature';
import type { Message } from '../core/headers/message';
import type { Facts, Proofs } from '../core/rules/analysis';
import { Dns, type Answer } from '../core/rules/dns/dns';
import { keyName } from '../core/rules/proofs';

/** Loaded with the first whole message: it is large, and many processes never see one. */
type Mailauth = typeof import('mailauth');
const mailauth = (): Promise<Mailauth> => import('mailauth');

/** The part of mailauth's answer that is used; its own types leave most of it open. */
interface Authenticated {
  dkim?: { results?: { signingDomain?: string; selector?: string; status?: { result?: string; comment?: string | false } }[] };
  spf?: { status?: { result?: string } } | false;
  dmarc?: { status?: { result?: string } } | false;
  arc?: { status?: { result?: string } } | false;
}

/**
 * Checks the whole message, where it was supplied untouched: DKIM with its body hash, ARC, SPF and DMARC by mailauth, over the look-ups that the
 * facts hold (no network). Of header fields alone the rules prove what can be proven. Empty when there is no whole message.
 */
export async function prove(message: Message, facts: Facts): Promise<Proofs> {
  if (message.raw === null || message.limits.length > 0) {
    return {};
  }
  const dns = new Dns(facts.dns);
  const hop = message.hops.find((each) => each.ip === facts.claim.ip);
  let checked: Authenticated;
  try {
    checked = (await (await mailauth()).authenticate(Buffer.from(message.raw), {
      ...(facts.claim.ip ? { ip: facts.claim.ip, helo: hop?.from ?? 'unknown' } : {}),
      sender: senderOf(message), mta: 'unblock-desk', disableBimi: true,
      // a name that is not there must be a rejection: thrown at once, it would take the answer of the other family with it
      resolver: (name: string, type: string) => new Promise<unknown[]>((resolve) => resolve(answer(dns, name, type))),
    } as unknown as Parameters<Mailauth['authenticate']>[1])) as unknown as Authenticated;
  } catch (error) {
    return { whole: { spf: null, dkim: [], dmarc: null, arc: null, why: error instanceof Error ? error.message : String(error) } };
  }
  const results = [...(checked.dkim?.results ?? [])];
  const dkim = message.fields.filter((field) => field.key === 'dkim-signature').slice(0, 20).map((field) => {
    const signature = readDkimSignature(field);
    const at = results.findIndex((result) => result.signingDomain?.toLowerCase() === signature.domain && result.selector === signature.selector);
    const [result] = at < 0 ? [] : results.splice(at, 1);
    return proofOf(message, signature, dns, result?.status?.result ?? 'none', String(result?.status?.comment || ''));
  });
  const of = (part: { status?: { result?: string } } | false | undefined): string | null => (part ? (part.status?.result ?? null) : null);
  return { dkim, whole: { spf: of(checked.spf), dkim: dkim.map((proof) => proof.result ?? 'none'), dmarc: of(checked.dmarc), arc: of(checked.arc) } };
}

/** The identity that SPF is asked about: MAIL FROM as the receiver kept it; none for a bounce, for which the greeting stands (RFC 7208 §2.4). */
const senderOf = (message: Message): string | undefined =>
  message.fields.find((field) => field.key === 'return-path')?.value.replace(/^<|>$/g, '').trim() || undefined;

/** mailauth calls a changed body `neutral`; anything but `pass` is not passed. An expired signature still proves who signed. */
function proofOf(message: Message, signature: DkimSignature, dns: Dns, result: string, comment: string): NonNullable<Proofs['dkim']>[number] {
  const txt = dns.txt(keyName(signature.domain, signature.selector));
  const key = txt === 'unknown' ? null : (txt.find((record) => record.includes('p=')) ?? null);
  const passed = result === 'pass' || comment === 'expired';
  const headers = passed ? { result: 'proven' as const, why: '' } : proveDkimHeaders(message.fields, signature, key);
  const body = passed ? 'proven' : /body hash/.test(comment) ? 'broken' : 'not_checked';
  const { domain, selector } = signature;
  return { domain, selector, line: signature.field.line, headers: headers.result, body, why: comment || headers.why, result };
}

/** Made once: an error notes where it was thrown, and that costs more than the look-up. */
const NO_ANSWER = Object.assign(new Error('no answer'), { code: 'ETIMEOUT' });
const NOT_THERE = Object.assign(new Error('not there'), { code: 'ENOTFOUND' });

function answer(dns: Dns, name: string, type: string): unknown[] {
  const plain = (found: Answer): string[] => {
    if (found === 'unknown' || found.length === 0) {
      throw found === 'unknown' ? NO_ANSWER : NOT_THERE;
    }
    return found;
  };
  switch (type.toUpperCase()) {
    case 'TXT':
      return plain(dns.txt(name)).map((text) => [text]);
    case 'A':
      return plain(dns.addresses(name, 4));
    case 'AAAA':
      return plain(dns.addresses(name, 6));
    case 'MX':
      return plain(dns.mx(name)).map((exchange, i) => ({ exchange, priority: i }));
    case 'PTR':
      return plain(dns.ptr(name));
    default:
      return plain([]);
  }
}
