import type { Guide, Section } from './guide';

/** How to get the headers of a message; the mail programs stand between the first section and the others. */
export const HEADERS_GUIDE: Guide = {
  title: 'How to get the headers of a message',
  lead: 'Headers are the lines above a message that show which servers it passed. Most mail programs hide them. Copy all of them, from the first “Received:” to “Subject:” or further.',
  sections: [
    {
      id: 'which', heading: 'Which message?',
      paragraphs: ['Best is one of those that the alert lists, as a **recipient** got it. A copy from your own Sent folder has not passed any server yet, so it shows less. If you run the server, the copy in its queue or log helps too.'],
    },
    {
      id: 'server', heading: 'On other servers',
      terms: [
        ['Exim, cPanel', 'List the queue: `exim -bp`. Headers: `exim -Mvh MESSAGE-ID`.'],
        ['Sendmail', 'List the queue: `mailq`. The headers are in the qf file of the queue: `less /var/spool/mqueue/qfQUEUE-ID`'],
        ['Exchange', '`Get-MessageTrackingLog -MessageId "<ID>"` shows what it did with a message.'],
      ],
      after: 'It has left the queue already? [Trace it in the logs](/help/trace)',
    },
    { id: 'none', heading: 'None of this works', paragraphs: ['Choose the message from the alert’s list in the form, or tell us why you cannot supply any. Your claim then goes to a person as it is.'] },
  ],
};

/** The same in a line for each, beside the field that asks for them. */
export const HEADERS_IN_SHORT: readonly string[] = [
  '**Gmail**: open the message, ⋮, _Show original_, _Copy to clipboard_.',
  '**Outlook**: open the message in its own window, _File_, _Properties_, copy _Internet headers_. On the web: ⋯, _View_, _View message source_.',
  '**Thunderbird**: _More_, _View source_. Or _Save as_ and choose the .eml file below.',
  '**Roundcube**: _More_, _Show source_. Or _Download (.eml)_.',
  '**Postfix queue**: `postqueue -p`, then `postcat -qh QUEUE-ID`.',
  '[More mail programs, with pictures](/help/headers)',
];

/** What to do when the log has named who handed a message in. */
export const AFTER_THE_TRACE: Section = {
  id: 'then', heading: 'And then?',
  points: [
    'A mailbox or user: [secure the account](/help/fixes/secure_account).', 'A script or a website: [close it](/help/fixes/fix_script).',
    'A stranger’s address, without a sign-in: [your server relays for everybody](/help/fixes/close_open_relay).',
  ],
};
