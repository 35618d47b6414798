import type { FastifyRequest } from 'fastify';
import { sameOrigin } from './csrf';
import { readForm, type ReadForm } from './read-form';

/** A form that could not be taken, to travel with the page that says so: nothing that was typed is lost, and nothing is stored. */
export interface KeptForm {
  /** where it goes when it is sent again */
  action: string;
  /** it goes as it came: pages of the desk read no files, and take their session's token with every form */
  multipart: boolean;
  fields: { name: string; value: string }[];
  files: { name: string; data: string; bytes: number }[];
  /** names of files that are too large to travel along */
  left: string[];
  /** what a person wrote, to read and to copy */
  typed: string[];
}

/** What passes or can be repaired by the one who sent it; a form that is refused for itself is shown again by its own page. */
const WORTH_KEEPING = new Set([401, 403, 409, 429, 500, 502, 503]);
/** Bytes of texts and files that a page may carry. */
const CARRIED = 8 * 1024 * 1024;
/** What is shown of one text; the whole travels in the form. */
const SHOWN = 20_000;
/** Marks of the page, which say nothing to a reader. */
const MARKS = new Set(['_csrf', '_key', 'once', 'ip', 'kind', 'blockedAt', 'ticket', 'step', 'edit', 'claim', 'next', 'heldName', 'heldData', 'dropped', 'mailStopped', 'queueInspected']);

/** The form of a request that failed, when our own page sent it and a person typed into it; else null. Never throws. */
export async function keptForm(request: FastifyRequest, status: number, publicUrl: string): Promise<KeptForm | null> {
  const type = request.headers['content-type'] ?? '';
  const aForm = type.startsWith('multipart/form-data') || type.startsWith('application/x-www-form-urlencoded');
  const path = request.url.split('?', 1)[0] ?? '';
  if (request.method !== 'POST' || !WORTH_KEEPING.has(status) || !aForm || request.headers['hx-request'] === 'true' || sameOrigin(request, publicUrl) !== true || /^\/(sign-in|launch|api|desk\/sign-in)\b/.test(path)) {
    return null;
  }
  const form = await whatCame(request);
  if (!form) {
    return null;
  }
  const { heldName = [], heldData = [], _csrf, ...rest } = form.fields;
  const fields = Object.entries(rest).flatMap(([name, values]) => values.map((value) => ({ name, value }))).filter(({ value }) => value !== '');
  // Forms of the desk carry marks of many names; what a person wrote has more than one word.
  const desk = path.startsWith('/desk/');
  const typed = fields.filter(({ name, value }) => !MARKS.has(name) && (desk ? /\S\s+\S/ : /\S/).test(value)).map(({ value }) => value.slice(0, SHOWN));
  let left = CARRIED - fields.reduce((sum, { value }) => sum + value.length, 0);
  const all = [...heldData.map((data, i) => ({ name: heldName[i] ?? 'file', data, bytes: Math.floor(data.length * 0.75) })), ...form.files.map(({ name, bytes }) => ({ name, data: bytes.toString('base64'), bytes: bytes.length }))];
  const files = all.filter(({ data }) => (left -= data.length) >= 0);
  return typed.length + all.length === 0 || left + all.reduce((sum, { data }) => sum + data.length, 0) < 0 ? null : { action: path, multipart: !desk || type.startsWith('multipart/'), fields, files, left: all.filter((file) => !files.includes(file)).map(({ name }) => name), typed };
}

async function whatCame(request: FastifyRequest): Promise<ReadForm | null> {
  if (request.readForm) {
    return request.readForm;
  }
  try {
    return await readForm(request);
  } catch {
    // The token was not the session's: that is what the page is about. What came is there all the same.
    return request.readForm ?? null;
  }
}
