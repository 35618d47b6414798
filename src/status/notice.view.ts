import { askFor } from '../core/texts/evidence';
import { whatHappened } from '../core/texts/statement';
import type { ClosedReason, State } from '../core/ticket/states';
import type { TicketPageData } from './ticket-page.data';

type Tone = 'good' | 'bad' | 'warn' | 'unknown';

/** The box on top of the ticket's page: where it stands, and the next action first. */
export interface Notice {
  tone: Tone;
  icon: string;
  title: string;
  paragraphs: string[];
  list?: string[];
  action?: { href: string; label: string };
  small?: string;
  /** a time that belongs to the small text */
  until?: Date | string | null;
}

export interface NoticeInput {
  data: TicketPageData;
  /** the state as the customer may know it */
  state: State;
  wait: string | null;
  fixTitles: string[];
  /** something that was reported is being looked up */
  looking: boolean;
  canAppeal: boolean;
  /** when a wait for the customer ends */
  until: Date | null;
}

/** What the page says first, for every state. */
export function notice(input: NoticeInput): Notice {
  const { data: { ticket, parts, asked }, state, wait } = input;
  const { ip } = ticket;
  switch (state) {
    case 'received':
    case 'analysing':
      return { tone: 'unknown', icon: 'hourglass', title: 'We read what you sent', paragraphs: ['Software reads it now. That takes a few seconds; if something is missing, we say so at once.'] };
    case 'awaiting_evidence':
      return asked && parts.decision
        ? { tone: 'warn', icon: 'message', title: 'A reviewer has a question', paragraphs: [parts.decision.statement], action: { href: '#supply', label: 'Answer' }, ...open(input.until) }
        : needed(input);
    case 'queued':
      return ticket.liftFailed && parts.lift?.state === 'failed'
        ? { tone: 'warn', icon: 'clock', title: 'The lift takes longer', paragraphs: ['It was decided to lift the block, but our network did not do it. Your ticket is on top of our list, and a person looks at it. You need do nothing.'] }
        : { tone: 'unknown', icon: 'clock', title: `A person looks at it${wait ? ` ${wait} from now` : ' next'}`, paragraphs: ['You need do nothing. We write to you as soon as there is a decision, and it stands here.', ...(ticket.appealedAt ? ['Your appeal is read by a reviewer who had no part in the first decision.'] : [])] };
    case 'in_review':
    case 'second_review':
    case 'on_hold':
      return { tone: 'unknown', icon: 'eye', title: 'A person looks at it', paragraphs: ['You need do nothing. We write to you as soon as there is a decision, and it stands here.'] };
    case 'awaiting_fixes':
      return fixes(input);
    case 'lifting':
      return lifting(data(input));
    case 'lifted':
      return ticket.blockedAgainAt ? again(input) : lifted(input);
    case 'upheld':
      return {
        tone: 'bad', icon: 'circle-x', title: `The block on ${ip} stays for now`,
        paragraphs: ['A person looked at everything you sent. The reasons stand below, and what lifts the block.'],
        action: input.canAppeal ? { href: `/tickets/${ticket.ref}/appeal`, label: 'Appeal: ask another reviewer' } : { href: '/appeals/new?claim=fixed', label: 'I fixed it meanwhile' },
      };
    case 'closed':
      return closed(ticket.closedReason, ticket.ref);
  }
}

const data = (input: NoticeInput): TicketPageData => input.data;
const open = (until: Date | null): Pick<Notice, 'small' | 'until'> => (until ? { small: 'Open until', until } : {});

function needed({ data: { ticket }, until }: NoticeInput): Notice {
  const asks = ticket.missing.map((item) => askFor(item, ticket));
  const first = asks[0];
  return {
    tone: 'warn', icon: 'tool', title: `What we need from you: ${asks.length === 1 && first ? first.title.toLowerCase() : `${asks.length} things`}`,
    paragraphs: asks.length === 1 && first ? [first.how] : ['Before a person can judge the claim, we need:'],
    ...(asks.length > 1 ? { list: asks.map((ask) => ask.title) } : {}),
    action: { href: '#supply', label: 'Add it now' }, ...open(until),
  };
}

function fixes(input: NoticeInput): Notice {
  const { data: { parts }, fixTitles, until } = input;
  const byItself = parts.decision?.liftWhenVerified ?? false;
  if (fixTitles.length === 0 && input.looking) {
    return { tone: 'unknown', icon: 'hourglass', title: 'We look your fixes up', paragraphs: ['Changes in DNS can take an hour to be seen everywhere; we look again by ourselves. You need do nothing, and you can check at any time below.'] };
  }
  if (fixTitles.length === 0) {
    return { tone: 'unknown', icon: 'clock', title: 'All fixes are reported', paragraphs: ['A person looks at them now. You need do nothing.'] };
  }
  return {
    tone: 'warn', icon: 'tool', title: `What we need from you: ${fixTitles.length} ${fixTitles.length === 1 ? 'fix' : 'fixes'}`,
    paragraphs: [byItself ? 'Repair this, then press “Check again”. When the last check is good, the block is lifted by itself.' : 'Repair this, then report it here. A person looks and lifts the block.'],
    list: fixTitles, action: { href: '#fixes', label: 'Show me how' }, ...open(until),
  };
}

function lifting({ ticket: { ip, block }, parts: { lift } }: TicketPageData): Notice {
  const base = { tone: 'good', icon: 'hourglass', title: `The block on ${ip} is being lifted` } as const;
  if (lift?.state === 'scheduled' && lift.attempts > 0) {
    return { ...base, paragraphs: ['It is decided. Our network keeps every block for a least time; we ask again by ourselves. You need do nothing.'], small: 'Next try', until: lift.dueAt ?? block.releaseAllowedAt ?? null };
  }
  if (lift?.state === 'unknown') {
    return { ...base, paragraphs: ['It is decided and ordered. Our network has not confirmed it yet; we look until it does. You need do nothing.'] };
  }
  return { ...base, paragraphs: ['It is decided. Our network is told, and usually confirms within a few minutes. We tell you when it has, not before.'] };
}

function lifted({ data: { ticket, parts, reached } }: NoticeInput): Notice {
  return {
    tone: 'good', icon: 'circle-check', title: ticket.kind === 'spam' ? `Mail can leave ${ticket.ip} again` : `${ticket.ip} is open again`,
    paragraphs: [parts.lift?.state === 'confirmed' || !parts.lift ? 'The block is lifted. We asked our network, and it confirmed. Nothing more is needed for the lift.' : 'The block is gone. Nothing more is needed.'],
    action: { href: '#after', label: 'What to do now' }, small: 'Lifted', until: parts.lift?.confirmedAt ?? reached.lifted ?? ticket.stateSince,
  };
}

function again({ data: { ticket } }: NoticeInput): Notice {
  return {
    tone: 'bad', icon: 'alert-triangle', title: `${ticket.ip} was blocked again`,
    paragraphs: ['The cause is probably still there. Find it and stop it first; then tell us what you found. A new claim goes to another reviewer.'],
    action: { href: `/appeals/new?claim=fixed&ip=${encodeURIComponent(ticket.ip)}`, label: 'Start the new claim' }, small: 'Blocked again', until: ticket.blockedAgainAt,
  };
}

const CLOSED: Record<ClosedReason, [string, string]> = {
  withdrawn: ['You withdrew this ticket', 'Nothing was decided, and the block was not touched. While it stands you can make a new claim.'],
  expired: ['Closed: no answer came in time', 'The block still stands. Open the ticket again to go on where you stopped; everything you sent is still here.'],
  duplicate: ['It goes on in another ticket', 'Another ticket of yours deals with the same block.'],
  not_owner: ['The address is not yours, as far as we know', 'Our control panel does not list it for your account. Ask support to correct it if it should, then claim again.'],
  block_already_gone: ['The block is gone already', 'Nothing had to be lifted.'],
};

function closed(reason: ClosedReason | null, ref: string): Notice {
  const [title, text] = reason ? CLOSED[reason] : ['Closed', 'Nothing more is needed.'];
  return {
    tone: 'unknown', icon: 'info-circle', title, paragraphs: [text],
    ...(reason === 'withdrawn' ? { action: { href: '/appeals/new', label: 'Make a new claim' } } : {}),
    ...(reason === 'expired' ? { action: { href: `/tickets/${ref}#reopen`, label: 'Open it again' } } : {}),
  };
}

/** What the filter saw, for the aside and the statement. */
export const saw = ({ ticket }: TicketPageData): string =>
  whatHappened({ ip: ticket.ip, kind: ticket.kind, blockedAt: ticket.blockedAt, detections: ticket.block.detections ?? [], detectionsTotal: ticket.block.detectionsTotal ?? null });
