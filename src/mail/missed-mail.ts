import { count, moment } from '../core/texts/moment';
import { frame } from './models';

export interface MissedLine {
  ref: string;
  ip: string;
  mark: string;
  due: Date;
  holder: string | null;
}

/** What the leads hear: the oldest first, so many that a mail can be read. */
export function missedMail(lines: readonly MissedLine[], publicUrl: string) {
  const shown = lines.slice(0, 40);
  return {
    ...frame('bad', 'What was promised to customers and not kept.'), because: 'You get this mail because you lead the desk.', url: `${publicUrl}/desk?queue=overdue`,
    count: count(lines.length, 'promise'), more: lines.length - shown.length,
    tickets: shown.map(({ ref, ip, mark, due, holder }) => ({ ref, ip, holder, url: `${publicUrl}/desk/tickets/${ref}`, due: moment(due)?.text ?? '', what: mark === 'missed' ? 'the decision' : 'the first answer' })),
  };
}
