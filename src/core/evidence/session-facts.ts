/** What a live SMTP session showed beside its envelope. */
export interface SessionFacts {
  /** as RFC 3848 names it: SMTP, ESMTP, ESMTPS … */
  protocol: string;
  /** version of TLS, null for a connection in the clear */
  tls: string | null;
}
