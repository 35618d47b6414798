import { canonicalHeader, isCut, withoutSignature } from './canonical-header';
import type { Field } from './message';
import { proveDkimHeaders, type HeaderProof } from './prove-dkim-headers';
import { readArcSets, type ArcSet } from './read-arc-sets';
import { readDkimSignature } from './read-dkim-signature';
import { readTagList } from './read-tags';
import { isSigned, readKey } from './signing-key';

export interface ArcProof extends HeaderProof {
  /** who sealed last: domain and selector of the newest seal; null when the chain has no complete set */
  sealedBy: { domain: string; selector: string } | null;
  /** the newest ARC-Message-Signature over the supplied fields (its body hash is not checked) */
  messageSignature: 'proven' | 'broken' | 'unknown';
}

/**
 * Checks an ARC chain from header fields alone (RFC 8617 §5.2): instances without a gap, cv= none and then pass, and every seal over the
 * ARC fields up to its own, newest first. `proven` needs all of it and a newest message signature that is not broken. Null when there is no ARC field.
 * @param keys TXT records by lower-case name, `<selector>._domainkey.<domain>`
 */
export function proveArcSeal(fields: readonly Field[], keys: Readonly<Record<string, readonly string[] | undefined>>): ArcProof | null {
  const chain = readArcSets(fields);
  if (chain === null) {
    return null;
  }
  const newest = chain.sets.at(-1);
  const sealedBy = newest ? sealer(newest) : null;
  const [problem] = chain.problems;
  if (problem !== undefined || !newest) {
    return { result: 'broken', why: problem ?? 'no complete set', sealedBy, messageSignature: 'unknown' };
  }
  const signature = readDkimSignature(newest.messageSignature);
  const message = proveDkimHeaders(fields, signature, keyOf(keys, signature.domain, signature.selector));
  const proof: ArcProof = { result: 'proven', why: `${chain.sets.length} seals verify`, sealedBy, messageSignature: message.result };
  if (message.result === 'broken') {
    return { ...proof, result: 'broken', why: 'the newest ARC-Message-Signature does not verify over the supplied fields' };
  }
  for (let count = chain.sets.length; count > 0; count--) {
    const seal = proveSeal(chain.sets.slice(0, count), keys);
    if (seal.result !== 'proven') {
      return { ...proof, ...seal };
    }
  }
  return proof;
}

/** The seal of the last of these sets, over all of them in order: results, message signature, seal (RFC 8617 §5.1.1), always relaxed. */
function proveSeal(sets: readonly ArcSet[], keys: Readonly<Record<string, readonly string[] | undefined>>): HeaderProof {
  const last = sets.at(-1) as ArcSet;
  const { tags, duplicates } = readTagList(last.seal.value);
  if (duplicates.length > 0 || tags.has('h')) {
    return { result: 'broken', why: `the seal of instance ${last.instance} is malformed` };
  }
  const { domain, selector } = sealer(last);
  const key = readKey(keyOf(keys, domain, selector), (tags.get('a') ?? '').toLowerCase());
  if ('why' in key) {
    return { result: 'unknown', why: `instance ${last.instance}: ${key.why}` };
  }
  const parts = sets.flatMap((set) => [set.results, set.messageSignature, set.seal]);
  if (isCut(parts)) {
    return { result: 'unknown', why: 'an ARC field was cut by a limit' };
  }
  const text = parts.map((field) => canonicalHeader(field === last.seal ? withoutSignature(field.raw) : field.raw, 'relaxed')).join('\r\n');
  return isSigned(text, (tags.get('b') ?? '').replace(/\s/g, ''), key)
    ? { result: 'proven', why: '' }
    : { result: 'broken', why: `the seal of instance ${last.instance} does not verify` };
}

function sealer(set: ArcSet): { domain: string; selector: string } {
  const { tags } = readTagList(set.seal.value);
  return { domain: (tags.get('d') ?? '').toLowerCase(), selector: tags.get('s') ?? '' };
}

/** The key record at a selector; several strings of one record come joined, of several records the first that is a key counts. */
function keyOf(keys: Readonly<Record<string, readonly string[] | undefined>>, domain: string, selector: string): string | null {
  const records = keys[`${selector}._domainkey.${domain}`.toLowerCase()] ?? [];
  return records.find((record) => record.includes('p=')) ?? records[0] ?? null;
}
