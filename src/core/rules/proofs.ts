import { proveArcSeal } from '../headers/prove-arc-seal';
import { proveDkimHeaders } from '../headers/prove-dkim-headers';
import { readArcSets } from '../headers/read-arc-sets';
import { readDkimSignature, type DkimSignature } from '../headers/read-dkim-signature';
import { readTags } from '../headers/read-tags';
import type { DkimProof, Reading } from './reading';

/** What can be said of an ARC chain from the header fields and the keys in DNS. */
export interface ArcProof {
  result: 'proven' | 'broken' | 'unknown';
  domain: string;
  instance: number;
  why: string;
}

export const keyName = (domain: string, selector: string): string => `${selector}._domainkey.${domain}`.toLowerCase();

/** b= over the pasted fields, with the key of the facts. The body is checked while gathering, where the whole message is at hand. */
export function proveDkim(reading: Reading, signature: DkimSignature): DkimProof {
  const { domain, selector, field } = signature;
  const txt = reading.dns.txt(keyName(domain, selector));
  const key = txt === 'unknown' ? null : (txt.find((record) => readTags(record).has('p')) ?? null);
  const { result, why } = proveDkimHeaders(reading.message.fields, signature, key);
  return { domain, selector, line: field.line, headers: result, body: 'not_checked', why };
}

/** Null when there are no ARC fields. All keys are asked for at once, so that they are looked up together. */
export function proveArc(reading: Reading): ArcProof | null {
  const chain = readArcSets(reading.message.fields);
  if (chain === null) {
    return null;
  }
  const keys: Record<string, string[]> = {};
  for (const set of chain.sets.slice(-10)) {
    for (const { domain, selector } of [readDkimSignature(set.seal), readDkimSignature(set.messageSignature)]) {
      const name = keyName(domain, selector);
      const txt = reading.dns.txt(name);
      keys[name] = txt === 'unknown' ? [] : txt;
    }
  }
  const proof = proveArcSeal(reading.message.fields, keys);
  return proof === null ? null : { result: proof.result, why: proof.why, domain: proof.sealedBy?.domain ?? '', instance: chain.sets.length };
}
