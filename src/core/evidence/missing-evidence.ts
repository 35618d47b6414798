import type { BlockKind, Claim } from '../ticket/block';
import type { Evidence, EvidenceItem } from './evidence';
import { hasHeaders } from './find-headers';

/** What is known of the block without the customer: a NOC's record, or what a mail was understood to mean. */
export interface KnownBlock {
  ip?: string | null;
  blockedAt?: string | Date | null;
}

/** What a claim needs (product, table "evidence by claim and kind"), in the fixed order of the contract. */
const NEEDS: Record<BlockKind, Record<Claim, EvidenceItem[]>> = {
  spam: { mistake: ['ip', 'block_time', 'headers'], fixed: ['ip', 'block_time', 'remediation'] },
  hack: { mistake: ['ip', 'block_time', 'explanation'], fixed: ['ip', 'block_time', 'remediation', 'logs'] },
};

/** From this many characters on an account of remediation is complete; what it lacks is a finding (contract, section 3). */
const REMEDIATION_CHARACTERS = 20;
/** What of a whole message, in base64, is looked at for its header: 48 kB. */
const HEAD_BASE64 = 64 * 1024;

/** What is still missing, in the order of the contract. An item that the customer cannot supply, and said why, counts as answered. */
export function missingEvidence(claim: Claim, kind: BlockKind, evidence: Evidence, known: KnownBlock): EvidenceItem[] {
  const answered = new Set((evidence.cannotSupply ?? []).filter((item) => filled(item.because)).map((item) => item.item));
  return NEEDS[kind][claim].filter((item) => !answered.has(item) && !supplied(item, evidence, known));
}

/** Everything that a claim of this kind is asked for, whether it is there or not. */
export function neededEvidence(claim: Claim, kind: BlockKind): readonly EvidenceItem[] {
  return NEEDS[kind][claim];
}

function supplied(item: EvidenceItem, evidence: Evidence, known: KnownBlock): boolean {
  switch (item) {
    case 'ip':
      return filled(known.ip);
    case 'block_time':
      return Boolean(known.blockedAt) || filled(evidence.blockTime);
    case 'headers':
      return showsAMessage(evidence);
    case 'remediation':
      return (evidence.remediation ?? '').trim().length >= REMEDIATION_CHARACTERS;
    case 'explanation':
      return filled(evidence.explanation);
    case 'logs':
      return filled(evidence.logs);
  }
}

/** Headers, a whole message, or a Message-ID. Noise that holds no header field is none of them. */
function showsAMessage({ headers, message, samples, messageId, messageIds }: Evidence): boolean {
  return (
    [messageId, ...(messageIds ?? [])].some(filled) ||
    (headers !== undefined && hasHeaders(headers)) ||
    [message, ...(samples ?? [])].some((bytes) => bytes !== undefined && hasHeaders(head(bytes)))
  );
}

const head = (base64: string): string => Buffer.from(base64.slice(0, HEAD_BASE64), 'base64').toString('latin1');
const filled = (text: string | null | undefined): boolean => typeof text === 'string' && text.trim() !== '';
