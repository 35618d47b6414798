import { FIXES } from '../../fixes/catalogue';
import { MAIL_PROGRAMS } from './clients';
import { wordsOf } from './guide';
import { HOW_WE_DECIDE } from './how-we-decide';
import { QUEUE_GUIDE } from './queue';

export interface HelpPage {
  href: string;
  title: string;
  about: string;
}

interface Found extends HelpPage {
  /** everything that stands on the page, for the search */
  words: string;
}

const PAGES: readonly Found[] = [
  { href: '/help/headers', title: 'Get the headers of a message', about: 'Step by step for the usual mail programs, with pictures.', words: 'export source original raw eml msg received' },
  ...MAIL_PROGRAMS.map(({ id, name, steps }) => ({ href: `/help/headers#${id}`, title: `Headers: ${name}`, about: steps[0] ?? '', words: steps.join(' ') })),
  { href: '/help/queue', title: 'Look into the mail queue', about: 'See what waits on your server, and delete what should not go out.', words: `deferred ${wordsOf(QUEUE_GUIDE)}` },
  { href: '/help/trace', title: 'Trace a message in the logs', about: 'Commands for Postfix, Exim and Sendmail, with your own Message-IDs filled in.', words: 'message-id grep log maillog exigrep sasl_username uid script mailbox compromised' },
  { href: '/test-message', title: 'Send us a test message', about: 'One mail from your server, checked over the live connection.', words: 'check test swaks spf dkim dmarc ptr greeting tls' },
  { href: '/addresses', title: 'Am I still blocked, and by whom?', about: 'Your addresses, our blocks, and the lists of others.', words: 'blocklist blacklist rbl dnsbl delist spamhaus status' },
  { href: '/how-we-decide', title: 'How we decide', about: 'What a person looks at, what software does, and how to appeal.', words: `refuse ${wordsOf(HOW_WE_DECIDE)}` },
  { href: '/privacy', title: 'What we keep, and for how long', about: 'Your data, and when it is deleted.', words: 'data gdpr delete retention personal' },
];
const GUIDES: readonly Found[] = FIXES.map(({ code, title, text, steps, questions }) => ({ href: `/help/fixes/${code}`, title, about: text, words: [code.replaceAll('_', ' '), ...steps, ...questions].join(' ') }));

export const HELP_PAGES: readonly HelpPage[] = PAGES.filter((page) => !page.href.includes('#'));
export const FIX_GUIDES: readonly HelpPage[] = GUIDES;

const plain = (text: string): string => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

/** Pages that hold every word of the question, those that name it in their title first. At most twelve. */
export function searchHelp(question: string): HelpPage[] {
  const words = plain(question.slice(0, 200)).split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1).slice(0, 8);
  if (words.length === 0) {
    return [];
  }
  return [...PAGES, ...GUIDES]
    .map((page) => {
      const [title, rest] = [plain(page.title), plain(`${page.about} ${page.words}`)];
      return { page, all: words.every((word) => title.includes(word) || rest.includes(word)), rank: words.filter((word) => title.includes(word)).length };
    })
    .filter(({ all }) => all)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, 12)
    .map(({ page: { href, title, about } }) => ({ href, title, about }));
}
