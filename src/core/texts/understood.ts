import { count, moment } from './moment';

/** What a mail was understood to say, without a word of its sender. */
export interface UnderstoodClaim {
  ips: readonly string[];
  kind: string | null;
  claim: string | null;
  blockTime: { from: string; to: string } | null;
  /** names of evidence that was found */
  evidence: readonly string[];
}

export interface Line {
  label: string;
  text: string;
}

const EVIDENCE: [string, string][] = [
  ['message', 'a whole message'], ['samples', 'more messages'], ['headers', 'mail headers'], ['messageIds', 'Message-IDs'], ['logs', 'log lines'], ['explanation', 'an explanation'],
];

/** The lines that play back to a customer what we read. Values are ours: an address in its plain form, a time in UTC, words from this list. */
export function understoodInWords(said: UnderstoodClaim): Line[] {
  const evidence = EVIDENCE.filter(([name]) => said.evidence.includes(name)).map(([, words]) => words);
  return [
    { label: said.ips.length > 1 ? 'Addresses' : 'Address', text: said.ips.length > 0 ? said.ips.slice(0, 5).join(', ') + (said.ips.length > 5 ? ` and ${count(said.ips.length - 5, 'more', 'more')}` : '') : 'none' },
    { label: 'Kind of block', text: said.kind === 'spam' ? 'spam' : said.kind === 'hack' ? 'attack' : 'not said' },
    { label: 'Time', text: timeInWords(said.blockTime) },
    { label: 'You say', text: said.claim === 'mistake' ? 'it was a mistake' : said.claim === 'fixed' ? 'the cause is fixed' : 'neither “a mistake” nor “fixed”' },
    { label: 'We found', text: evidence.length > 0 ? evidence.join(', ') : 'no headers and no message' },
  ];
}

/** One time, or the span in which it lies. */
function timeInWords(time: UnderstoodClaim['blockTime']): string {
  const [from, to] = [moment(time?.from), moment(time?.to)];
  if (!time || !from || !to) {
    return 'not said';
  }
  return from.text === to.text ? from.text : `between ${from.text} and ${to.text}`;
}
