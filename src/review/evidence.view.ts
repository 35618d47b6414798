import { decodeWords } from '../core/headers/decode-words';
import type { Message } from '../core/headers/message';
import { normaliseMessageId } from '../core/headers/normalise-message-id';
import { readMessage } from '../core/headers/read-message';
import type { Finding } from '../core/rules/analysis';
import type { Block } from '../core/ticket/block';
import type { Ticket } from '../tickets/ticket.entity';
import { reveal, type Segment } from './reveal';
import type { MessageParts } from './message-parts';
import { CLAIM_SAYS, CLAIMS, KINDS } from './words';

/** An evidence item as the page needs it. */
export interface Item {
  id: string;
  type: string;
  text: string | null;
  bytes: Buffer | null;
  name: string | null;
  size: number;
  receivedAt: Date;
  channel: string;
}

export interface RawLine {
  n: number;
  /** number of the first line of its field: the lines of a field light up together */
  field: number;
  /** some finding rests on it */
  rests: boolean;
  segments: Segment[];
  /** holds a word that is wider than the column (a signature): it is cut where the line ends, not moved below its indentation */
  long: boolean;
  /** what the encoded words of the field say, on its last line */
  reads: Segment[] | null;
}

const LONG = /[\w+/=]{36}/;

/** So many lines are shown; the whole is a download away. */
const LINES = 1000;

export interface Main {
  item: Item;
  message: Message;
}

const RANK: Record<string, number> = { headers: 1, sample: 2, message: 3 };

/**
 * The item whose headers the analysis read, opened again: the one with the Message-ID that it names, else the fullest, else the
 * newest. Null when nothing readable was supplied.
 */
export function mainItem(items: Item[], block: Block, readId: string | null): Main | null {
  const hints = { messageIds: (block.detections ?? []).flatMap((detection) => detection.messageId ?? []), ip: block.ip };
  const wanted = readId === null ? null : normaliseMessageId(readId);
  const opened = items.filter((item) => item.type in RANK).slice(-60).map((item, at) => {
    const message = readMessage(item.bytes ?? item.text ?? '', hints);
    const id = normaliseMessageId(message.fields.find((field) => field.key === 'message-id')?.value ?? '');
    const score = (message.fields.length > 0 ? 100 : 0) + (id !== null && id === wanted ? 10 : 0) + (RANK[item.type] ?? 0);
    return { item, message, score, at };
  });
  return opened.sort((a, b) => b.score - a.score || b.at - a.at)[0] ?? null;
}

/** The header block line by line, as supplied, with marks where findings rest. */
export function rawLines(message: Message | null, findings: Finding[], address: string): RawLine[] {
  const quoted = new Set(findings.filter((finding) => finding.code !== null).flatMap((finding) => finding.evidence.flatMap((quote) => quote.line ?? [])));
  return (message?.fields ?? []).flatMap((field) => {
    const rests = range(field.line, field.lines).some((n) => quoted.has(n));
    const decoded = field.value.includes('=?') ? decodeWords(field.value) : null;
    const texts = field.raw.split(/\r\n|\n|\r/);
    return texts.map((text, i) => ({
      n: field.line + i, field: field.line, rests, long: LONG.test(text), segments: reveal(text, address), reads: decoded !== null && decoded !== field.value && i === texts.length - 1 ? reveal(decoded, address) : null,
    }));
  }).slice(0, LINES);
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

const SAID: { type: string; label: string }[] = [
  { type: 'explanation', label: 'What it was' }, { type: 'remediation', label: 'What was done' }, { type: 'block_time', label: 'When, in their words' }, { type: 'logs', label: 'Logs' },
];
const FILES: Record<string, string> = { headers: 'headers.txt', message: 'message.eml', sample: 'sample.eml', logs: 'logs.txt', remediation: 'account.txt', explanation: 'explanation.txt' };

const CHANNELS: Record<string, string> = { noc: 'in the control panel', form: 'by the web form', mail: 'by mail', api: 'over the API' };
const REJECTIONS: Record<string, string> = {
  too_early: 'too early', evidence_required: 'evidence required', not_in_inventory: 'not in the inventory', repeat: 'a repeat', error: 'an error of the control panel',
};

/** The first column: the claim, who says so, and what supports it. */
export function claimView(ticket: Ticket, items: Item[], main: Main | null, parts: MessageParts | null, findings: Finding[]) {
  const latest = (type: string) => items.findLast((item) => item.type === type);
  const message = main?.message ?? null;
  const lines = rawLines(message, findings, ticket.ip);
  const queue = latest('queue_inspected')?.text;
  const total = message?.fields.reduce((sum, field) => Math.max(sum, field.line + field.lines - 1), 0) ?? 0;
  return {
    claim: CLAIMS[ticket.claim], says: CLAIM_SAYS[ticket.claim], kind: KINDS[ticket.kind],
    statement: ticket.statement ? reveal(ticket.statement) : null,
    saidBy: `${ticket.accountName ?? ticket.accountEmail}, account ${ticket.accountId}`,
    came: CHANNELS[ticket.channel] ?? ticket.channel,
    rejection: ticket.rejection ? { reason: REJECTIONS[ticket.rejection.reason] ?? ticket.rejection.reason, message: ticket.rejection.message ?? null } : null,
    // Rule 14: the answer, or its absence, stands beside the reviewer's lift.
    queue: ticket.kind === 'spam' ? (queue === 'true' ? 'yes' : queue === 'false' ? 'no' : 'not answered') : null,
    queueOpen: ticket.kind === 'spam' && queue !== 'true',
    said: SAID.flatMap(({ type, label }) => {
      const text = latest(type)?.text?.trim();
      return text && text !== ticket.statement?.trim() ? [{ label, segments: reveal(text.slice(0, 8000)), log: type === 'logs', cut: text.length > 8000 }] : [];
    }),
    missing: ticket.missing.map((item) => item.replaceAll('_', ' ')),
    cannotSupply: items.filter((item) => item.type === 'cannot_supply').map((item) => item.text),
    messageIds: items.filter((item) => item.type === 'message_id').map((item) => item.text),
    lines, cut: total > LINES ? total - LINES : 0,
    steps: message?.steps ?? [],
    supplied: message?.supplied ?? 'none',
    body: parts,
    main: main?.item.id ?? null,
    files: items.filter((item) => item.type in FILES || item.name !== null).map((item) => ({ id: item.id, name: `${item.name ?? FILES[item.type] ?? item.type}${item.channel === 'link' ? ' (came by the administrator’s link)' : ''}`, size: item.size, at: item.receivedAt })),
  };
}
