/** A header field in the order and number in which it was written (RFC 5322 §2.2): nothing merged, nothing lost. */
export interface Field {
  /** as written */
  name: string;
  /** lower case, for comparison: field names are case-insensitive */
  key: string;
  /** unfolded (RFC 5322 §2.2.3), trimmed; encoded words are still encoded */
  value: string;
  /** exactly as supplied, folding included, without the final line break: DKIM signs these bytes */
  raw: string;
  /** 1-based number of its first line in the header block */
  line: number;
  /** how many lines it takes */
  lines: number;
  /** a limit cut it: what follows is missing, so no signature over it can be judged */
  cut?: boolean;
}

/** One hop as its writer described it (RFC 5321 §4.4). What the text does not say is null. */
export interface Hop {
  field: Field;
  /** 0 is the topmost, newest field */
  index: number;
  /** the greeting name, or what stood after "from" */
  from: string | null;
  /** the name that the writer looked up for the peer */
  rdns: string | null;
  /** the peer's address in RFC 5952 form; null when none was written */
  ip: string | null;
  by: string | null;
  /** upper case: SMTP, ESMTPS, ESMTPSA, LMTP, HTTP, LOCAL … */
  with: string | null;
  id: string | null;
  for: string | null;
  /** milliseconds since 1970, UTC; null when no date could be read */
  at: number | null;
  tls: boolean;
  /** the writer says that the sender signed in: RFC 3848 "A", or "(Authenticated sender: x)" */
  authenticated: boolean;
  authenticatedAs: string | null;
  /** handed in on the writer's own machine (userid, qmail invoked by uid, local) */
  local: boolean;
  localUser: string | null;
  /** the octets or groups do not form an address although the text offers them as one (RFC 5321 §4.1.3) */
  illegalIp: string | null;
  /** the writer's own address, where it says so (Exchange "by B (ip)", Gmail "by 2002:…") */
  byIp: string | null;
  /** what the writer calls itself: "Postfix", "Exim 4.96", "Microsoft SMTP Server" */
  software: string | null;
  /** the envelope sender, where the writer notes it: "(envelope-from <x>)" */
  envelopeFrom: string | null;
  /** Sendmail's "(may be forged)": the looked-up name does not lead back to the address */
  mayBeForged: boolean;
  /** false when neither a clause nor a known comment form could be made out */
  readable: boolean;
}

/** The header block that was found in what a customer sent, and how it was found. */
export interface Message {
  fields: Field[];
  hops: Hop[];
  /** the text behind the blank line, when a whole message was given; null for headers only */
  body: string | null;
  /** the whole message as bytes, only when it was supplied untouched: what a DKIM body hash can be checked on */
  raw: Uint8Array | null;
  /** what was done to find it, in words: "opened the bounce", "removed quote marks" … */
  steps: string[];
  /** 'message' a whole message, 'headers' a header block, 'message_id' nothing but an id, 'none' nothing readable */
  supplied: 'message' | 'headers' | 'message_id' | 'none';
  embedded: 'dsn' | 'forwarded' | null;
  /** limits that cut the reading: 'headers' 256 kB, 'fields' 2,000, 'line', 'hops' 300 */
  limits: ('headers' | 'fields' | 'line' | 'hops')[];
}
