import { proveDkimHeaders } from '../core/headers/prove-dkim-headers';
import { readDkimSignature, type DkimSignature } from '../core/headers/read-dkim-signature';
import type { Message } from '../core/headers/message';
import type { Facts, Proofs } from '../core/rules/analysis';
import { Dns } from '../core/rules/dns/dns';
import { keyName } from '../core/rules/proofs';
import { ordinarySignatures, type Verified } from './ordinary-signatures';

/** Loaded with the first signature that is out of the ordinary: it is large, and many processes never see one. */
type Mailauth = typeof import('mailauth');
const mailauth = (): Promise<Mailauth> => import('mailauth');

/** The part of mailauth's answer that is used; its own types leave most of it open. */
interface Authenticated {
  results?: { signingDomain?: string; selector?: string; status?: { result?: string; comment?: string | false } }[];
}

/**
 * Checks the signatures of the whole message, body hash included, where it was supplied untouched: over the look-ups that the facts hold (no network), by
 * mailauth where they are out of the ordinary. Of header fields alone the rules prove what can be proven. Empty when there is no whole message.
 */
export async function prove(message: Message, facts: Facts): Promise<Proofs> {
  if (message.raw === null || message.limits.length > 0) {
    return {};
  }
  const dns = new Dns(facts.dns);
  const signatures = message.fields.filter((field) => field.key === 'dkim-signature').slice(0, 20).map(readDkimSignature);
  const verified = signatures.length === 0 ? [] : (ordinarySignatures(message, signatures, dns) ?? (await byLibrary(message.raw, signatures, dns)));
  return verified ? { dkim: signatures.map((signature, i) => proofOf(message, signature, dns, verified[i]?.result ?? 'none', verified[i]?.comment ?? '')) } : {};
}

/** One answer of the library for each signature; null when it breaks on the message. */
async function byLibrary(raw: Uint8Array, signatures: readonly DkimSignature[], dns: Dns): Promise<Verified[] | null> {
  try {
    // a name that is not there must be a rejection: thrown at once, it would be an error of the library's own
    const resolver = (name: string): Promise<string[][]> => new Promise((resolve) => resolve(answer(dns, name)));
    const checked = (await (await mailauth()).dkimVerify(Buffer.from(raw), { resolver } as unknown as Parameters<Mailauth['dkimVerify']>[1])) as unknown as Authenticated;
    const results = [...(checked.results ?? [])];
    return signatures.map((signature) => {
      const at = results.findIndex((result) => result.signingDomain?.toLowerCase() === signature.domain && result.selector === signature.selector);
      const [result] = at < 0 ? [] : results.splice(at, 1);
      return { result: result?.status?.result ?? 'none', comment: String(result?.status?.comment || '') };
    });
  } catch {
    return null;
  }
}

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

function answer(dns: Dns, name: string): string[][] {
  const found = dns.txt(name);
  if (found === 'unknown' || found.length === 0) {
    throw found === 'unknown' ? NO_ANSWER : NOT_THERE;
  }
  return found.map((text) => [text]);
}
