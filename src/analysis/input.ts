import { normaliseMessageId } from '../core/headers/normalise-message-id';
import type { Message } from '../core/headers/message';
import { readMessage, type ReadHints } from '../core/headers/read-message';
import type { Facts } from '../core/rules/analysis';
import type { Block, BlockKind } from '../core/ticket/block';
import type { Config } from '../platform/config/config';
import type { GivenFacts } from './analysis.schema';

/** What an analysis starts from. One of `headers`, `message` (bytes) and `messageId`; none for a hack claim without mail. */
export interface AnalysisInput {
  headers?: string;
  message?: Uint8Array;
  messageId?: string;
  ip?: string;
  kind?: BlockKind;
  blockedAt?: string;
  block?: Partial<Block>;
  /** with these, nothing is looked up */
  facts?: GivenFacts;
}

/** The message that was supplied; a text that is nothing but a Message-ID is one. Whole messages go first, they hold the rest. Where no header was expected, none was looked for. */
export function messageOf(input: Pick<AnalysisInput, 'headers' | 'message' | 'messageId'>, hints: ReadHints): Message {
  if (input.message !== undefined) {
    return readMessage(input.message, hints);
  }
  const text = input.headers ?? '';
  const message = readMessage(text, hints);
  const alone = text.length <= 2_000 && normaliseMessageId(text.trim()) !== null && !/\n\s*\S/.test(text.trim());
  return message.fields.length === 0 && (alone || text.trim() === '') ? { ...message, supplied: 'message_id', steps: [] } : message;
}

/** What the operator's settings add to the facts of every analysis. */
export function operatorFacts(config: Pick<Config, 'TRUSTED_AUTHSERV_IDS' | 'OWN_HOSTS' | 'OWN_NETWORKS' | 'BLOCKLISTS'>): Pick<Facts, 'trusted' | 'blocklists'> {
  const { TRUSTED_AUTHSERV_IDS: authservIds, OWN_HOSTS: hosts, OWN_NETWORKS: networks, BLOCKLISTS: blocklists } = config;
  return { trusted: { authservIds, hosts, networks }, ...(blocklists.length > 0 ? { blocklists } : {}) };
}

/** What the filter's record and the claim say of the message that is meant. */
export const hintsOf = (detections: Block['detections'], ip: string | null | undefined): ReadHints => ({ messageIds: (detections ?? []).flatMap((seen) => seen.messageId ?? []), ip });

/** The facts before anything is looked up. What is given beside them counts more than what stands in them. */
export function factsOf(input: AnalysisInput, message: Message, now: Date, own: Pick<Facts, 'trusted' | 'blocklists'>): Facts {
  const { facts, block } = input;
  const { blocklists } = facts ?? own;
  const given = facts?.claim ?? {};
  const recorded = block ?? facts?.block ?? null;
  const claim: Facts['claim'] = {
    ip: input.ip ?? given.ip ?? recorded?.ip, kind: input.kind ?? given.kind ?? recorded?.kind, blockedAt: input.blockedAt ?? given.blockedAt ?? recorded?.blockedAt,
    messageId: input.messageId ?? given.messageId ?? (message.supplied === 'message_id' ? input.headers?.trim() : undefined),
  };
  return {
    now: facts?.now ?? now.toISOString(), claim: withoutGaps(claim),
    block: recorded ? withoutGaps({ detections: recorded.detections, detectionsTotal: recorded.detectionsTotal, traffic: recorded.traffic, logs: recorded.logs }) : null,
    dns: facts?.dns ?? null, trusted: facts?.trusted ?? own.trusted, ...(blocklists ? { blocklists } : {}), ...(facts?.said ? { said: facts.said } : {}),
    ...(facts?.alsoSupplied ? { alsoSupplied: facts.alsoSupplied } : {}), ...(facts?.proofs ? { proofs: facts.proofs } : {}),
  };
}

/** Stored facts hold no `undefined`, so that they read the same after storing. */
function withoutGaps<T extends object>(from: T): T {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as T;
}
