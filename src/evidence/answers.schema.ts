import { z } from 'zod';
import { checkAnswers, type AnswerError, type AnswerFile, type Answers } from '../core/evidence/answers';
import { fileName } from '../core/evidence/file-name';
import type { HeldFile } from '../core/texts/answers-form';
import type { BlockKind } from '../core/ticket/block';
import { Malformed } from '../platform/http/errors';
import type { ReadForm } from '../platform/http/read-form';

const choice = <const T extends readonly string[]>(values: T) => z.enum(['', ...values]).catch('');
const text = (max: number) => z.string().max(max, `must have at most ${max} characters`).default('');

/** The answers of a customer, as the appeal form and the ticket's page ask for them; whatever is not here is refused. */
const fields = z.strictObject({
  _csrf: z.string().optional(), once: z.string().max(100).optional(), ip: z.string().max(64).default(''), kind: z.enum(['spam', 'hack']).optional(), blockedAt: z.string().max(40).default(''),
  ticket: z.string().max(20).default(''), step: z.enum(['check', 'send', 'edit']).default('check'), edit: z.string().max(40).optional(),
  claim: choice(['mistake', 'fixed']), headers: text(1_048_576), messageId: text(998), explanation: text(50_000), cause: text(50_000), done: text(50_000),
  mailStopped: choice(['yes', 'no']), queueInspected: choice(['wanted', 'cleared', 'no', 'cannot']), isolated: text(50_000), logs: text(2_097_152), because: text(2000),
});

export interface GivenAnswers {
  ip: string;
  kind: BlockKind | undefined;
  blockedAt: string;
  /** reference of the ticket that the answers are for; empty before there is one */
  ticket: string;
  step: 'check' | 'send' | 'edit';
  /** made once for each page of checked answers: a second click, or "back" and again, makes no second ticket */
  once: string | undefined;
  answers: Answers;
  files: AnswerFile[];
  /** the same files, to travel with the form: nothing is stored before it is sent */
  held: HeldFile[];
  /** what is wrong with files that were not taken */
  fileErrors: AnswerError[];
}

/** @throws Malformed for unknown fields and texts beyond any honest length */
export function readAnswers(form: ReadForm): GivenAnswers {
  const { heldName = [], heldData = [], dropped = [], ...rest } = form.fields;
  const read = fields.safeParse(Object.fromEntries(Object.entries(rest).map(([name, values]) => [name, values[0]])));
  if (!read.success) {
    throw new Malformed(read.error.issues.map((issue) => ({ field: issue.path.join('.') || (issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : ''), code: issue.code, message: issue.message })));
  }
  const { ip, kind, blockedAt, ticket, step, edit, once, _csrf, ...answers } = read.data;
  const kept = heldData.flatMap((data, i) => (dropped.includes(String(i)) ? [] : [{ name: heldName[i] ?? 'file.eml', bytes: Buffer.from(data, 'base64'), truncated: false }]));
  const files: AnswerFile[] = [];
  const fileErrors: AnswerError[] = [];
  for (const file of [...kept, ...form.files.filter((each) => each.field === 'message')]) {
    const error = file.truncated ? tooLarge(file.name) : fileError(file);
    if (error) {
      fileErrors.push(error);
    } else {
      files.push({ name: fileName(file.name), bytes: file.bytes });
    }
  }
  return {
    ip, kind, blockedAt, ticket, step: edit ? 'edit' : step, once, answers: answers as Answers, files, fileErrors,
    held: files.map((file) => ({ name: file.name, bytes: file.bytes.length, data: Buffer.from(file.bytes).toString('base64') })),
  };
}

/** The files of a form alone: chosen now, or travelling with it. */
export const filesOf = ({ fields: { heldName = [], heldData = [], dropped = [] }, files }: ReadForm): ReadForm => ({ fields: { heldName, heldData, dropped }, files });

const tooLarge = (name: string): AnswerError => ({ field: 'message', code: 'too_large', message: `“${fileName(name)}” is larger than 25 MB. Paste its headers instead.` });
const NOTHING_ELSE: Answers = { claim: 'mistake', headers: '', messageId: '', explanation: '', cause: '', done: '', mailStopped: '', queueInspected: '', isolated: '', logs: '', because: '' };
const fileError = (file: AnswerFile): AnswerError | undefined => checkAnswers(NOTHING_ELSE, [file], 'hack').find((error) => error.field === 'message');

/** All that is wrong, in the order of the page. A file that could not be taken is the nearer reason for missing headers. */
export function answerErrors({ answers, files, fileErrors }: GivenAnswers, kind: BlockKind): AnswerError[] {
  if ((answers.claim as string) === '') {
    return [{ field: 'claim', code: 'missing', message: 'Choose what happened: a mistake, or fixed.' }, ...fileErrors];
  }
  return [...fileErrors, ...checkAnswers(answers, files, kind).filter((error) => !(fileErrors.length > 0 && error.field === 'headers' && error.code === 'missing'))];
}
