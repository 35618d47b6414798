/** Who holds an address, as the NOC says. `delegates` may act for it (a reseller's customers). Times are RFC 3339. */
export interface AddressHolder {
  accountId: string;
  assignedSince?: string;
  delegates?: readonly string[];
}

export type Ownership = 'owner' | 'delegate' | 'stranger';

/** What an account is to an address; null: the address is not the provider's at all (product, rule 5). */
export function ownership(accountId: string, holder: AddressHolder | null): Ownership {
  if (holder === null) {
    return 'stranger';
  }
  return holder.accountId === accountId ? 'owner' : holder.delegates?.includes(accountId) ? 'delegate' : 'stranger';
}

export const ownsAddress = (accountId: string, holder: AddressHolder | null): boolean => ownership(accountId, holder) !== 'stranger';

/** A new holder never sees what the filter saw before the address was theirs. */
export function maySeeDetections(at: Date, holder: AddressHolder): boolean {
  return holder.assignedSince === undefined || at.getTime() >= new Date(holder.assignedSince).getTime();
}
