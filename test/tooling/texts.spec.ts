import { readdirSync, readFileSync } from 'node:fs';

/** Where customers' pages are answered, and the doors of programs and staff beside them. */
const ROOMS = ['status', 'intake', 'auth', 'analysis', 'mailbox'];
const NOT_FOR_CUSTOMERS = ['staff-sign-in', 'single-sign-on', 'quarantine', 'inbound-mail', 'intake', 'tickets-api', 'header-analyses'];
const STRINGS = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;

/** Three words or more, with the mark that ends a sentence. */
const isSentence = (text: string): boolean => /[.?!]$/.test(text) && (text.match(/[A-Za-z’']{2,}/g) ?? []).length >= 3 && /^[A-Z$“]/.test(text) && text.includes(' ');

it('has what pages say to customers in src/core/texts: no controller of theirs holds a sentence of its own', () => {
  const controllers = ROOMS.flatMap((room) => readdirSync(`src/${room}`).filter((file) => file.endsWith('.controller.ts') && !NOT_FOR_CUSTOMERS.includes(file.slice(0, -'.controller.ts'.length))).map((file) => `src/${room}/${file}`));
  expect(controllers.length).toBeGreaterThan(12);
  const code = (file: string): string => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found = controllers.flatMap((file) => [...code(file).matchAll(STRINGS)].map(([, plain, template]) => ({ file, text: plain ?? template ?? '' })).filter(({ text }) => isSentence(text)));
  expect(found).toEqual([]);
  expect(isSentence('This page is for customers.')).toBe(true);
});
