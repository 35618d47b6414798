/** What a customer sends to support a claim (contract, section 3). Binary items are base64. */
export type EvidenceItem = 'ip' | 'block_time' | 'headers' | 'remediation' | 'explanation' | 'logs';

export interface Evidence {
  /** RFC 3339, or free text as a customer writes it */
  blockTime?: string;
  headers?: string;
  messageIds?: string[];
  messageId?: string;
  /** base64 of a whole message */
  message?: string;
  /** base64, at most 20 */
  samples?: string[];
  /** names of the files that `message` and `samples` came in, in this order; never over the API */
  names?: string[];
  remediation?: string;
  explanation?: string;
  logs?: string;
  queueInspected?: boolean;
  cannotSupply?: { item: EvidenceItem; because: string }[];
}
