import { filled, PLACEHOLDERS } from '../core/decision/canned-part';
import { may } from '../core/policy/may';
import type { StaffRole } from '../auth/staff-member.entity';
import type { Told } from './problems';
import { MOST_PARTS, type TypedPart } from './parts.schema';
import { versionsView } from './routing.view';
import type { VersionLine } from './versions.service';

/** A ticket that is none, to show how a part reads. */
const EXAMPLE = new Map([['address', '203.0.113.7'], ['blocked_on', '24 November'], ['kind', 'spam'], ['messages', '10'], ['unexplained', '7'], ['fixes', 'publish SPF; secure the account'], ['reference', 'UB-7K3Q-92X4']]);

const KINDS = [{ value: '', label: 'any block' }, { value: 'spam', label: 'spam' }, { value: 'hack', label: 'hack' }];
const CLAIMS = [{ value: '', label: 'any claim' }, { value: 'mistake', label: 'a mistake' }, { value: 'fixed', label: 'fixed' }];
const chosen = (options: typeof KINDS, value: string) => options.map((option) => ({ ...option, selected: option.value === value }));

export interface PartsPage {
  version: number;
  typed: TypedPart[];
  why: string;
  problems: Told[];
  conflict: string | null;
  said: string | null;
  isDraft: boolean;
  open: number | null;
  history: VersionLine[];
  role: StaffRole;
}

/** What templates/settings/parts.hbs shows. */
export function partsView({ version, typed, why, problems, conflict, said, isDraft, open, history, role }: PartsPage) {
  const wrong = new Set(problems.map(({ field }) => Number(field.split('.')[0])));
  return {
    title: 'Canned parts', version, why, count: typed.length, conflict, said, isDraft, full: typed.length >= MOST_PARTS, maySave: may(role, 'change_parts'), placeholders: PLACEHOLDERS,
    problems: problems.map(({ field, message }) => {
      const [at] = field.split('.');
      const part = typed[Number(at)];
      return part ? { text: `${part.label || `Part ${Number(at) + 1}`}: ${message}`, href: `#part-${at}` } : { text: `${field === 'why' ? 'Why' : field}: ${message}`, href: field === 'why' ? '#why' : '#parts' };
    }),
    parts: typed.map((part, i) => ({
      ...part, i, first: i === 0, open: wrong.has(i) || open === i, wrong: wrong.has(i), title: part.label || 'New part', kinds: chosen(KINDS, part.kind), claims: chosen(CLAIMS, part.claim),
      reads: readsAs(part.text), where: [part.kind && `${part.kind} only`, part.claim && (part.claim === 'mistake' ? '“a mistake” only' : '“fixed” only'), part.unexplained && 'when messages stay unexplained'].filter(Boolean),
    })),
    versions: versionsView(history, version),
  };
}

/** The text as it would read, its gaps marked. */
function readsAs(text: string): { text: string; gap: boolean }[] {
  return filled(text, EXAMPLE).split(/(\[[^[\]\n]{1,120}\])/g).filter(Boolean).map((piece) => ({ text: piece, gap: piece.startsWith('[') && piece.endsWith(']') }));
}
