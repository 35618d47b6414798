/** The words of the block record, as the NOC and the API write them (contract, section 3). Times are RFC 3339 strings. */

export type BlockKind = 'spam' | 'hack';
export type BlockState = 'blocked' | 'unblocking' | 'unblocked';
export type Claim = 'mistake' | 'fixed';

/** What a filter saw: one message that it scored. Written by the filter, so it is our own record (trust E0). */
export interface Detection {
  messageId?: string;
  at: string;
  destinationIp?: string;
  score?: number;
  rule?: string;
  mailFrom?: string;
  subject?: string;
}

/** Counters of the filter for the address at the time of the block. */
export interface Traffic {
  messagesLastHour?: number;
  messagesLast30Days?: number;
  fromOrganisationsLastDay?: number;
}

/** One restriction of one address. An episode is blockId where given, else (ip, kind, blockedAt to the second). */
export interface Block {
  ip: string;
  kind: BlockKind;
  blockedAt: string;
  blockId?: string;
  prefix?: string;
  releaseAllowedAt?: string;
  state?: BlockState;
  detections?: Detection[];
  detectionsTotal?: number;
  traffic?: Traffic;
  logs?: string;
}

export interface Account {
  id: string;
  email: string;
  name?: string;
  tier?: string;
  language?: string;
}

/** The NOC's answer to a customer's unblock that it refused. */
export interface Rejection {
  reason: 'too_early' | 'evidence_required' | 'not_in_inventory' | 'repeat' | 'error';
  message?: string;
}
