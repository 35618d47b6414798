import type { BlockKind, Claim, Detection, Traffic } from '../ticket/block';

/** How far a finding can be believed (product, rule 6). */
export type Trust = 'verified' | 'consistent' | 'claimed' | 'contradicted';
export type Outcome = 'pass' | 'hit' | 'not_applicable' | 'unknown' | 'error';
export type Strength = 'violation' | 'indicator' | 'note';
export type Weighs = 'for' | 'against' | 'neutral';
export type Assessment = 'likely_false_positive' | 'likely_abuse' | 'mixed' | 'insufficient_evidence';

/** Names found in DNS. A name that is absent does not exist; a name whose look-up failed is listed in `failed`. */
export interface DnsFacts {
  ptr: Record<string, string[]>;
  a: Record<string, string[]>;
  aaaa: Record<string, string[]>;
  mx: Record<string, string[]>;
  txt: Record<string, string[]>;
  /** names whose look-up failed or ran out of time, as "txt example.org": unknown, never missing */
  failed?: string[];
  /** every look-up made, written the same way; where it is given, a name that was not asked is unknown instead of missing */
  asked?: string[];
}

/** Everything that a rule may know besides the evidence. Gathered before, so an analysis can be replayed byte for byte. */
export interface Facts {
  /** RFC 3339 */
  now: string;
  claim: { ip?: string; kind?: BlockKind; blockedAt?: string; messageId?: string };
  block: { detections?: Detection[]; detectionsTotal?: number; traffic?: Traffic; logs?: string } | null;
  /** the customer's own words, where they are part of the evidence (hack claims, accounts of a repair) */
  said?: { claim?: Claim; remediation?: string; explanation?: string; logs?: string };
  /** normalised Message-IDs of the other messages supplied on the same ticket */
  alsoSupplied?: string[];
  /** null: nothing was looked up */
  dns: DnsFacts | null;
  trusted: { authservIds: string[]; hosts: string[]; networks: string[] };
  /** zones of DNS blocklists that the operator wants asked about the claimed address */
  blocklists?: string[];
  /** results of proofs that need a key or the whole message, worked out while gathering */
  proofs?: Proofs;
}

/** What was checked over the supplied bytes, one entry a signature, in field order. */
export interface Proofs {
  dkim?: { domain: string; selector: string; line: number; headers: 'proven' | 'broken' | 'unknown'; body: 'proven' | 'broken' | 'not_checked'; why?: string; result?: string }[];
  arc?: { result: 'proven' | 'broken' | 'unknown'; why?: string } | null;
  /** kept in older readings: the results of mailauth over the whole message, as it names them. No rule reads them, and they are asked for no more */
  whole?: { spf: string | null; dkim: string[]; dmarc: string | null; arc: string | null; why?: string };
}

export interface Quote {
  /** name of the header field, or the DNS name */
  field: string;
  /** 1-based in the header block; null for a look-up or the filter's record */
  line: number | null;
  text: string;
}

export interface Finding {
  rule: string;
  /** stable; null unless its own statement is true */
  code: string | null;
  outcome: Outcome;
  strength: Strength;
  weighs: Weighs;
  /** how much it adds to the sum; 0 for what only informs */
  weight: number;
  trust: Trust;
  /** what it means, for the customer */
  says: string;
  /** the same for a reviewer, with the internals that customers are not shown */
  tells: string;
  evidence: Quote[];
  /** code of a required fix, or null */
  fix: string | null;
  cites: string | null;
  /** never shown to the customer (verdict rule 3) */
  internal?: boolean;
}

export interface PathHop {
  hop: number;
  from: string | null;
  by: string | null;
  with: string | null;
  ip: string | null;
  /** RFC 3339 or null */
  at: string | null;
  delaySeconds: number | null;
  trust: Trust;
  /** true for the hop in which the claimed address is the peer */
  claimed: boolean;
  line: number;
}

export interface Analysis {
  catalogue: string;
  assessment: Assessment;
  /** 0 to 1 */
  confidence: number;
  /** the sum of weights: above 0 speaks for the claim */
  sum: number;
  summary: string;
  message: { messageId: string | null; date: string | null; from: string | null; subject: string | null; returnPath: string | null };
  path: PathHop[];
  findings: Finding[];
  requiredFixes: string[];
  facts: Facts;
}
