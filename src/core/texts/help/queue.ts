import type { Guide } from './guide';

/** How to read a mail queue, and to empty it of what should not go out. */
export const QUEUE_GUIDE: Guide = {
  title: 'How to look into the mail queue',
  lead: 'While an address is blocked, mail waits on your server. What waits goes out the moment the block is gone. If it is spam, the block comes back within minutes, and the next one lasts longer.',
  sections: [
    {
      id: 'postfix', heading: 'Postfix',
      steps: [
        'Hold everything, so that nothing leaves by itself: `postsuper -h ALL`',
        'See what waits, and for whom: `postqueue -p`',
        'Look at one: `postcat -q QUEUE-ID`',
        'Delete one: `postsuper -d QUEUE-ID`. Delete all: `postsuper -d ALL`',
        'After the lift, let wanted mail go, a few at a time: `postsuper -H QUEUE-ID`',
      ],
    },
    {
      id: 'exim', heading: 'Exim, cPanel, DirectAdmin',
      steps: [
        "See what waits: `exim -bp`. Count by sender: `exim -bpr | grep '<' | awk '{print $4}' | sort | uniq -c | sort -n`",
        'Look at one: `exim -Mvh ID` (headers), `exim -Mvb ID` (text)',
        'Hold one: `exim -Mf ID`. Delete one: `exim -Mrm ID`',
        'Delete all of one sender: `exiqgrep -i -f SENDER | xargs exim -Mrm`',
      ],
    },
    { id: 'sendmail', heading: 'Sendmail', steps: ['See what waits, and for whom: `mailq`', 'Look at one: `cat /var/spool/mqueue/qfQUEUE-ID` (headers), `dfQUEUE-ID` beside it (text)', 'Delete one: stop Sendmail, then `rm /var/spool/mqueue/[qd]fQUEUE-ID`'] },
    { id: 'plesk', heading: 'Plesk', paragraphs: ['_Tools & Settings_, _Mail Server Settings_, _Mail Queue_. Mark and delete there.'] },
    { id: 'exchange', heading: 'Exchange', paragraphs: ['_Queue Viewer_ in the Toolbox, or `Get-Queue | Get-Message`, and `Remove-Message -WithNDR $false` for what should not go out.'] },
    {
      id: 'who', heading: 'Whose mail is it?',
      paragraphs: ['Many messages of one mailbox: its password is known to somebody. Many messages of `www-data`, `apache` or `nobody`: a website sends them. Look for `X-PHP-Originating-Script` in their headers; it names the file.'],
    },
  ],
};
