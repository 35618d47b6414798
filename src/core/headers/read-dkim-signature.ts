import type { Field } from './message';
import { readTagList } from './read-tags';

export type Canonical = 'simple' | 'relaxed';

/** A DKIM-Signature or ARC-Message-Signature field (RFC 6376 §3.5, RFC 8617 §4.1.2). What is missing is empty or null. */
export interface DkimSignature {
  field: Field;
  /** lower case: "rsa-sha256", "ed25519-sha256", "rsa-sha1" */
  algorithm: string;
  /** d=, lower case */
  domain: string;
  /** s= */
  selector: string;
  /** i=, or "@" and the domain; for ARC the instance, which `readArcSets` gives */
  identity: string;
  /** names of h=, lower case, in order, repeats kept */
  headers: string[];
  canonical: { headers: Canonical; body: Canonical };
  bodyHash: string;
  signature: string;
  /** l=: octets of the body that are signed; null for all */
  bodyLength: number | null;
  /** t=, milliseconds */
  signedAt: number | null;
  /** x=, milliseconds */
  expiresAt: number | null;
  /** why the field cannot be used at all, in words; empty when it can */
  problems: string[];
}

/** Reads a signature field. Never throws: what is wrong with it is listed in `problems`. */
export function readDkimSignature(field: Field): DkimSignature {
  const { tags, duplicates } = readTagList(field.value);
  const domain = (tags.get('d') ?? '').toLowerCase();
  const [forHeaders = 'simple', forBody = 'simple'] = (tags.get('c') ?? '').toLowerCase().split('/', 2);
  const signature: DkimSignature = {
    field,
    algorithm: (tags.get('a') ?? '').toLowerCase(),
    domain,
    selector: tags.get('s') ?? '',
    identity: tags.get('i') ?? `@${domain}`,
    headers: (tags.get('h') ?? '')
      .toLowerCase()
      .split(':', 2_000)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    canonical: { headers: forHeaders === 'relaxed' ? 'relaxed' : 'simple', body: forBody === 'relaxed' ? 'relaxed' : 'simple' },
    bodyHash: withoutBlanks(tags.get('bh') ?? ''),
    signature: withoutBlanks(tags.get('b') ?? ''),
    bodyLength: count(tags.get('l')),
    signedAt: seconds(tags.get('t')),
    expiresAt: seconds(tags.get('x')),
    problems: duplicates.map((name) => `tag ${name}= stands twice`),
  };
  for (const name of ['a', 'b', 'bh', 'd', 'h', 's']) {
    if (!tags.get(name)) {
      signature.problems.push(`tag ${name}= is missing`);
    }
  }
  return signature;
}

function withoutBlanks(text: string): string {
  return text.replace(/\s/g, '');
}

function count(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function seconds(text: string | undefined): number | null {
  const value = count(text);
  return value === null || value > 99_999_999_999 ? null : value * 1_000;
}
