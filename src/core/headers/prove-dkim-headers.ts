import { canonicalHeader, isCut, withoutSignature } from './canonical-header';
import type { Field } from './message';
import type { DkimSignature } from './read-dkim-signature';
import { readTags } from './read-tags';
import { isSigned, readKey } from './signing-key';

/** What can be said of a signature from header fields alone. `why` is in words for a reviewer. */
export interface HeaderProof {
  result: 'proven' | 'broken' | 'unknown';
  why: string;
}

/**
 * Checks the signature b= over the header fields that h= names and the stated body hash (RFC 6376 §3.7), without the body. `proven`: the owner
 * of the key stands by exactly these fields; it says nothing of the body or the time. `broken`: a listed field differs from what was
 * signed. `unknown`: no usable key, a weak algorithm, a field cut by a limit, or a "simple" signature that any copy and paste breaks.
 * @param keyRecord text of the TXT record at `<selector>._domainkey.<domain>`; null when it could not be had
 */
export function proveDkimHeaders(fields: readonly Field[], signature: DkimSignature, keyRecord: string | null): HeaderProof {
  const [problem] = signature.problems;
  if (problem !== undefined) {
    return { result: 'unknown', why: problem };
  }
  const key = readKey(keyRecord, signature.algorithm);
  if ('why' in key) {
    return { result: 'unknown', why: key.why };
  }
  const strict =
    readTags(keyRecord ?? '')
      .get('t')
      ?.split(':')
      .some((flag) => flag.trim() === 's') === true;
  const identity = signature.identity.slice(signature.identity.lastIndexOf('@') + 1).toLowerCase();
  const isArc = signature.field.key === 'arc-message-signature';
  if (!isArc && identity !== signature.domain && (strict || !identity.endsWith(`.${signature.domain}`))) {
    return { result: 'unknown', why: 'i= is outside the domain d=' };
  }
  const signed = signedFields(fields, signature);
  if (isCut(signed) || signature.field.cut) {
    return { result: 'unknown', why: 'a signed field was cut by a limit' };
  }
  const kind = signature.canonical.headers;
  const parts = signed.map((field) => canonicalHeader(field.raw, kind) + '\r\n');
  const text = parts.join('') + canonicalHeader(withoutSignature(signature.field.raw), kind);
  if (isSigned(text, signature.signature, key)) {
    return { result: 'proven', why: `b= verifies over ${signed.length} fields` };
  }
  return kind === 'simple'
    ? { result: 'unknown', why: 'b= does not verify, but the signature is "simple": copying alone can break it' }
    : { result: 'broken', why: 'b= does not verify over the supplied fields' };
}

/** The fields that h= names, each name taking the lowest instance not yet used (RFC 6376 §5.4.2); names without a field sign its absence. */
export function signedFields(fields: readonly Field[], signature: DkimSignature): Field[] {
  const left = new Map<string, Field[]>();
  for (const field of fields) {
    if (field !== signature.field) {
      const list = left.get(field.key);
      if (list) {
        list.push(field);
      } else {
        left.set(field.key, [field]);
      }
    }
  }
  return signature.headers.flatMap((name) => left.get(name)?.pop() ?? []);
}
