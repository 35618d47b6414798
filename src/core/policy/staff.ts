/** A member of staff as the policy sees them. `accountIds`: accounts of the provider's customers that are their own. */
export interface StaffFacts {
  id: string;
  role: 'reviewer' | 'senior' | 'lead' | 'auditor' | 'admin' | 'operator';
  accountIds: readonly string[];
}

/** Nobody handles what is their own (product, rule 8). */
export const belongsTo = (staff: StaffFacts, accountId: string): boolean => staff.accountIds.includes(accountId);
