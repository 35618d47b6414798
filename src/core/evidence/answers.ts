import type { BlockKind, Claim } from '../ticket/block';
import type { Evidence, EvidenceItem } from './evidence';
import { fileName } from './file-name';

/** What a customer answered in the form, as typed. Every text may be empty. */
export interface Answers {
  claim: Claim;
  headers: string;
  /** picked from the alert's own list */
  messageId: string;
  explanation: string;
  cause: string;
  done: string;
  mailStopped: '' | 'yes' | 'no';
  queueInspected: '' | 'wanted' | 'cleared' | 'no' | 'cannot';
  isolated: string;
  logs: string;
  /** why the item asked for cannot be supplied */
  because: string;
}

/** A file that came with the form. */
export interface AnswerFile {
  name: string;
  bytes: Uint8Array;
}

export interface AnswerError {
  field: keyof Answers | 'message';
  code: string;
  message: string;
}

export const FILE_LIMIT = 25_000_000;
export const FILES_AT_MOST = 20;
const LONG_ENOUGH = 20;

const QUEUE: Record<Exclude<Answers['queueInspected'], ''>, string> = {
  wanted: 'The queue was inspected: only wanted mail is in it.',
  cleared: 'The queue was inspected: what should not go out was deleted.',
  no: 'The queue was not inspected yet.',
  cannot: 'The customer cannot see the queue.',
};

/** Which item "I cannot supply this, because" stands for. */
export function reluctant(claim: Claim, kind: BlockKind): EvidenceItem {
  return claim === 'mistake' ? (kind === 'spam' ? 'headers' : 'explanation') : kind === 'spam' ? 'remediation' : 'logs';
}

/** What is wrong with the answers, question by question, in words that say what to do. */
export function checkAnswers(answers: Answers, files: readonly AnswerFile[], kind: BlockKind): AnswerError[] {
  const { claim } = answers;
  const excused = answers.because.trim().length > 0;
  const errors: AnswerError[] = [...checkFiles(files)];
  const ask = (field: AnswerError['field'], code: string, message: string): number => errors.push({ field, code, message });

  if (claim === 'mistake' && kind === 'spam') {
    if (!excused && answers.headers.trim() === '' && answers.messageId === '' && files.length === 0) {
      ask('headers', 'missing', 'Paste the headers of one blocked message, choose a file, or pick a message from the alert.');
    } else if (answers.headers.trim() !== '' && !looksLikeHeaders(answers.headers)) {
      ask('headers', 'no_headers', 'Paste the headers. What you pasted is the text of the message.');
    }
  }
  if (claim === 'mistake' && kind === 'hack' && !excused && answers.explanation.trim().length < LONG_ENOUGH) {
    ask('explanation', 'missing', 'Say in a sentence what the traffic was, and why it was legitimate.');
  }
  if (claim === 'fixed') {
    const excusedAll = excused && reluctant(claim, kind) === 'remediation';
    if (!excusedAll && answers.cause.trim().length < 5) {
      ask('cause', 'missing', kind === 'spam' ? 'Say what the cause was, for example: the mailbox info@ had been broken into.' : 'Say what you found on the server.');
    }
    if (!excusedAll && answers.done.trim().length < 10) {
      ask('done', 'missing', 'Say what you did, and when.');
    }
    if (kind === 'spam' && answers.mailStopped === '') {
      ask('mailStopped', 'missing', 'Choose whether the unwanted mail has stopped.');
    }
    if (kind === 'hack' && answers.isolated.trim() === '') {
      ask('isolated', 'missing', 'Say how the server was kept apart, or that it was not.');
    }
    if (kind === 'hack' && answers.logs.trim() === '' && files.length === 0 && !excused) {
      ask('logs', 'missing', 'Paste the lines of your logs that show it, choose a file, or tell us why you have none.');
    }
  }
  if (kind === 'spam' && answers.queueInspected === '') {
    ask('queueInspected', 'missing', 'Choose what you found in the mail queue.');
  }
  return errors;
}

function checkFiles(files: readonly AnswerFile[]): AnswerError[] {
  const errors: AnswerError[] = [];
  for (const file of files) {
    const kind = KINDS.find(({ magic }) => startsWith(file.bytes, magic));
    if (/\.msg$/i.test(file.name) || startsWith(file.bytes, [0xd0, 0xcf, 0x11, 0xe0])) {
      errors.push({ field: 'message', code: 'msg', message: `We cannot open ${named(file)}: .msg is Outlook’s own format. Copy its headers instead, or save it as .eml.` });
    } else if (kind) {
      errors.push({ field: 'message', code: 'type', message: `${named(file)} is ${kind.is}, whatever its name says. Save the message as .eml, or paste its headers.` });
    } else if (!/\.(eml|txt|log)$/i.test(file.name)) {
      errors.push({ field: 'message', code: 'type', message: `Choose .eml or .txt files. ${named(file)} is of another kind.` });
    } else if (file.bytes.length === 0) {
      errors.push({ field: 'message', code: 'empty', message: `${named(file)} is empty. Save the message again and choose the new file.` });
    } else if (file.bytes.length > FILE_LIMIT) {
      errors.push({ field: 'message', code: 'too_large', message: `${named(file)} is larger than 25 MB. Paste its headers instead.` });
    }
  }
  return files.length > FILES_AT_MOST ? [{ field: 'message', code: 'too_many', message: `Choose at most ${FILES_AT_MOST} files.` }] : errors;
}

const named = (file: AnswerFile): string => `“${fileName(file.name)}”`;
/** What is often taken for a mail, by its first bytes: a name is the sender's word. */
const KINDS: { is: string; magic: number[] }[] = [
  { is: 'a PDF', magic: [0x25, 0x50, 0x44, 0x46] }, { is: 'a ZIP archive', magic: [0x50, 0x4b, 0x03, 0x04] }, { is: 'a compressed file', magic: [0x1f, 0x8b] },
  { is: 'a picture', magic: [0x89, 0x50, 0x4e, 0x47] }, { is: 'a picture', magic: [0xff, 0xd8, 0xff] }, { is: 'a program', magic: [0x4d, 0x5a] }, { is: 'a program', magic: [0x7f, 0x45, 0x4c, 0x46] },
];
const startsWith = (bytes: Uint8Array, magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/** True when at least one line has the shape of a header field (RFC 5322 §2.2) with a name that mail really has. */
export function looksLikeHeaders(text: string): boolean {
  return /^[>\s]{0,8}(received|message-id|from|return-path|delivered-to|date|subject|dkim-signature|authentication-results|x-[\w-]{1,60})\s?:/im.test(text.slice(0, 300_000));
}

/** The answers as evidence. Only the questions of the chosen claim count; what else was typed is left out. */
export function toEvidence(answers: Answers, files: readonly AnswerFile[], kind: BlockKind): Evidence {
  const { claim } = answers;
  const given = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());
  const spam = kind === 'spam';
  const mails = files.filter((file) => spam || /\.eml$/i.test(file.name));
  const logFiles = files.filter((file) => !spam && !/\.eml$/i.test(file.name)).map((file) => `${fileName(file.name)}:\n${new TextDecoder().decode(file.bytes)}`);
  const [message, ...samples] = mails.map((file) => base64(file.bytes));
  const because = given(answers.because);
  return clean({
    headers: spam || claim === 'mistake' ? given(answers.headers) : undefined,
    messageId: spam ? given(answers.messageId) : undefined,
    message,
    samples: samples.length > 0 ? samples : undefined,
    names: mails.length > 0 ? mails.map((file) => fileName(file.name)) : undefined,
    explanation: claim === 'mistake' ? given(answers.explanation) : undefined,
    remediation: claim === 'fixed' ? remediation(answers, kind) : undefined,
    logs: spam ? undefined : given([answers.logs.trim(), ...logFiles].filter(Boolean).join('\n\n')),
    queueInspected: spam && answers.queueInspected !== '' ? answers.queueInspected === 'wanted' || answers.queueInspected === 'cleared' : undefined,
    cannotSupply: because ? [{ item: reluctant(claim, kind), because }] : undefined,
  });
}

function remediation(answers: Answers, kind: BlockKind): string | undefined {
  const parts = [
    answers.cause.trim() && `${kind === 'spam' ? 'Cause' : 'Found'}: ${answers.cause.trim()}`,
    answers.done.trim() && `Done: ${answers.done.trim()}`,
    kind === 'spam' && answers.mailStopped && `Unwanted mail stopped: ${answers.mailStopped}.`,
    kind === 'spam' && answers.queueInspected && QUEUE[answers.queueInspected],
    kind === 'hack' && answers.isolated.trim() && `Kept apart: ${answers.isolated.trim()}`,
  ].filter(Boolean);
  return answers.cause.trim() || answers.done.trim() ? parts.join('\n\n') : undefined;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function clean(evidence: Evidence): Evidence {
  return Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined)) as Evidence;
}
