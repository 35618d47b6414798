import type { EventType } from './events';
import type { ClosedReason } from './states';

const REASONS: Partial<Record<EventType, ClosedReason>> = {
  withdrawn: 'withdrawn', expired: 'expired', fixes_overdue: 'expired', joined: 'duplicate', not_owner_found: 'not_owner', block_gone: 'block_already_gone',
};

/** Why a ticket is closed, by the event that closed it; null for an event that closes none. */
export function closedBy(event: string): ClosedReason | null {
  return REASONS[event as EventType] ?? null;
}
