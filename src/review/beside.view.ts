import { may } from '../core/policy/may';
import type { Ticket } from '../tickets/ticket.entity';
import type { Memory } from './memory.query';
import { memoryView } from './memory.view';
import type { Person } from './staff-of';

interface Beside {
  ticket: Ticket;
  memory: Memory;
  incidents: { id: string; title: string; tickets: number }[];
  duplicateOf: string | null;
  person: Person;
  /** the policy lets this person have a part in it */
  yours: boolean;
  watchHours: number;
  now: Date;
}

export type BesideModel = ReturnType<typeof besideView>;

/** What stands beside the judgement of a ticket: memory, incidents, and what one may do with it besides deciding. */
export function besideView({ ticket, memory, incidents, duplicateOf, person, yours, watchHours, now }: Beside) {
  const { role, id } = person.staff;
  const free = yours && (ticket.takenBy === null || ticket.takenBy === id);
  const movable = ['queued', 'in_review', 'on_hold'].includes(ticket.state);
  return {
    href: `/desk/tickets/${ticket.ref}`, memory: memoryView(memory, watchHours, now), incidents, duplicateOf, // On what is decided, or waits for the customer, it is history: the timeline has it.
    escalated: movable && ticket.escalatedAt !== null && { at: ticket.escalatedAt, why: ticket.escalatedWhy },
    mayEscalate: free && movable && ticket.escalatedAt === null && may(role, 'escalate'),
    mayGiveBack: free && ['queued', 'in_review'].includes(ticket.state) && ticket.escalatedAt !== null && may(role, 'give_back'),
    mayJoin: free && !['lifting', 'lifted', 'upheld', 'closed'].includes(ticket.state) && may(role, 'join_tickets'), mayLink: may(role, 'link_incident'),
  };
}
