import { getDomain } from 'tldts';

/**
 * The registrable domain by the public suffix list ("mail.shop.example.co.uk" → "example.co.uk"), private suffixes counted as owners do
 * (two customers of one hosting name are two organisations). Null for addresses, single labels and suffixes alone.
 */
export function organisation(domain: string): string | null {
  const plain = (domain.endsWith('.') ? domain.slice(0, -1) : domain).toLowerCase();
  return plain.length > 253 ? null : getDomain(plain, OPTIONS);
}

const OPTIONS = { allowPrivateDomains: true, extractHostname: false, validateHostname: false } as const;
