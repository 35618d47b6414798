import { bodyHash } from '../core/headers/body-hash';
import type { Field } from '../core/headers/message';
import { proveDkimHeaders } from '../core/headers/prove-dkim-headers';
import { readAddresses } from '../core/headers/read-addresses';
import { readDkimSignature, type DkimSignature } from '../core/headers/read-dkim-signature';
import { readTags } from '../core/headers/read-tags';
import { splitFields } from '../core/headers/split-fields';
import { hasWholeLines } from '../core/headers/whole-lines';
import { bodyStart } from './mime-parts';

/** Larger mails, and everything else that is out of the ordinary, are for the library. */
const AT_MOST = 64 * 1024;
/** So many signatures of the sender's own domain are looked at. */
const SIGNATURES = 2;

/**
 * The ordinary case of a proven sender, told without streams and at a fifth of the cost: the very domain of the one From address signed the whole
 * mail (RFC 6376) with a key that counts, and publishes a DMARC policy, with which such a signature is aligned however strict it is (RFC 7489 §3.1.1).
 * @param from the address as the mail was read
 * @param ask the texts of a name in DNS, each in its pieces; may fail
 * @returns true: proven. False says nothing: something is out of the ordinary, or not proven
 */
export async function signedBySender(raw: Buffer, from: string, now: number, ask: (name: string) => Promise<string[][]>): Promise<boolean> {
  const start = bodyStart(raw);
  const head = raw.toString('latin1', 0, start);
  const domain = from.slice(from.lastIndexOf('@') + 1).toLowerCase();
  // Octets are signed. Where a line ends, or what a letter is, must be no question of how it is read.
  if (raw.length > AT_MOST || /[^\x01-\x7f]/.test(head) || !/^[a-z0-9.-]{1,253}$/.test(domain) || !hasWholeLines(raw)) {
    return false;
  }
  const fields = splitFields(head);
  const signatures = fields.filter(({ key }) => key === 'dkim-signature').slice(0, 10).map(readDkimSignature).filter((signature) => isOrdinary(signature, domain, now));
  if (!isOnlySender(fields, from)) {
    return false;
  }
  for (const signature of signatures.slice(0, SIGNATURES)) {
    if (bodyHash(raw.subarray(start), signature.canonical.body) === signature.bodyHash) {
      const [keys, policies] = await Promise.all([ask(`${signature.selector}._domainkey.${domain}`), ask(`_dmarc.${domain}`)]);
      const [key, ...others] = keys;
      const isPolicy = policies.filter((texts) => /^v=DMARC1\b/i.test(texts.join('').trim())).length === 1;
      if (isPolicy && key && others.length === 0 && proveDkimHeaders(fields, signature, key.join('')).result === 'proven') {
        return true;
      }
    }
  }
  return false;
}

/** Signs the whole body and the From field for this domain, is not out of date, and says nothing that would have to be weighed. */
function isOrdinary({ field, problems, domain, headers, expiresAt }: DkimSignature, sender: string, now: number): boolean {
  const tags = readTags(field.value);
  return problems.length === 0 && domain === sender && headers.includes('from') && tags.get('v') === '1' && !tags.has('l') && (!tags.has('x') || (expiresAt ?? 0) > now) && (tags.get('q') ?? 'dns/txt') === 'dns/txt';
}

function isOnlySender(fields: readonly Field[], from: string): boolean {
  const [field, ...others] = fields.filter(({ key }) => key === 'from');
  const [sender, ...more] = field ? readAddresses(field.value) : [];
  return others.length === 0 && more.length === 0 && sender?.address === from;
}
