import type { Guide } from './guide';

/** How long things are kept, by the settings of the same names. */
export interface Kept {
  KEEP_FILES_DAYS: number;
  KEEP_RAW_MAIL_DAYS: number;
  KEEP_TICKET_MONTHS: number;
  KEEP_AUDIT_MONTHS: number;
}

const many = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;

/** What is kept, for how long, and who sees it: with the periods that this desk really keeps. */
export const privacyGuide = (kept: Kept): Guide => ({
  title: 'What we keep, and for how long',
  lead: 'We keep what a decision rests on, for as long as somebody may ask about it.',
  sections: [
    {
      id: 'kept',
      terms: [
        ['What you send', `Headers, messages, files, logs and what you write, exactly as they came. Mails: ${many(kept.KEEP_RAW_MAIL_DAYS, 'day')} after the ticket is closed. Files: ${many(kept.KEEP_FILES_DAYS, 'day')}.`],
        ['The ticket and its decision', `${many(kept.KEEP_TICKET_MONTHS, 'month')}, then without names and addresses of people.`],
        ['Who did what, and when', `${many(kept.KEEP_AUDIT_MONTHS, 'month')}. It cannot be changed by anybody.`],
        ['Your sign-in', 'One cookie, for two days at most. No tracking, nothing from other sites.'],
        ['What others see', 'Reviewers of this desk see everything that you send. The page that you can share without sign-in shows the state only: no names, no mail addresses, no messages.'],
        ['What we never do', 'Open links in what you send. Unpack archives. Pass your headers to anybody. Ask for a password.'],
      ],
    },
  ],
  last: 'Copies of headers name other people too, such as recipients. You may blacken the part before the @ of recipients; leave everything else as it is.',
});
