import type { FastifyRequest } from 'fastify';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { Forbidden, TooLarge } from './errors';
import { FORM_KEY } from './form-key';

const MB = 1024 * 1024;
/** A form may carry a file back to us as a hidden field (base64), so fields are as large as files; all together as a JSON body. */
const LIMITS = { fieldNameSize: 100, fieldSize: 36 * MB, fields: 80, fileSize: 25 * MB, files: 20, parts: 100 };
/** A file that is too large is cut and marked; an error in the middle would lose all else that was typed. */
const READING = { limits: LIMITS, throwFileSizeLimit: false };
const ALL_TOGETHER = 60 * MB;

export interface FormFile {
  field: string;
  name: string;
  bytes: Buffer;
  /** it was larger than a file may be; `bytes` is its beginning */
  truncated: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** the form as it was read: a page that says what went wrong gives it back */
    readForm?: ReadForm;
  }
}

export interface ReadForm {
  /** every field with all its values, in order; text that PostgreSQL cannot keep is replaced, line ends are \n */
  fields: Record<string, string[]>;
  files: FormFile[];
  /** it was read to its end, and its token is right */
  whole?: boolean;
}

/**
 * Reads a form, multipart or not. A file that is too large is cut and marked, so that the page can say so and keep what was typed.
 * @throws TooLarge when the whole is beyond 60 MB, Forbidden when the form's token is not the session's
 */
export async function readForm(request: FastifyRequest): Promise<ReadForm> {
  if (request.readForm?.whole) {
    return request.readForm;
  }
  const form: ReadForm = { fields: Object.create(null) as Record<string, string[]>, files: [] };
  request.readForm = form;
  const add = (name: string, value: string): number => (form.fields[name] ??= []).push(tidy(value));
  if (!request.isMultipart()) {
    for (const [name, value] of Object.entries((request.body ?? {}) as Record<string, string | string[]>)) {
      [value].flat().forEach((each) => add(name, String(each)));
    }
    if (request.formKey !== undefined) {
      add(FORM_KEY, request.formKey);
    }
    form.whole = true;
    return form;
  }
  let total = 0;
  const count = (bytes: number): void => {
    total += bytes;
    if (total > ALL_TOGETHER) {
      throw new TooLarge('All files together are larger than 60 MB. Send fewer of them, or paste their headers.');
    }
  };
  for await (const part of request.parts(READING)) {
    if (part.type === 'file') {
      const file = await whole(part, count);
      if (file.name !== '' || file.bytes.length > 0) {
        form.files.push(file);
      }
    } else {
      const value = String((part as MultipartValue).value ?? '');
      count(value.length);
      add(part.fieldname, value);
    }
  }
  checkToken(request, form.fields['_csrf']?.[0]);
  form.whole = true;
  return form;
}

async function whole(part: MultipartFile, count: (bytes: number) => void): Promise<FormFile> {
  const chunks: Buffer[] = [];
  for await (const chunk of part.file as AsyncIterable<Buffer>) {
    count(chunk.length);
    chunks.push(chunk);
  }
  return { field: part.fieldname, name: (part.filename ?? '').slice(-255), bytes: Buffer.concat(chunks), truncated: part.file.truncated };
}

/** The guard let the form pass on the browser's word, because its fields were not read yet (csrf.ts). Now they are. */
function checkToken(request: FastifyRequest, token: string | undefined): void {
  if (request.viewer && token !== undefined && token !== request.viewer.csrf) {
    throw new Forbidden('Your session has changed. Open the page again and send it once more.');
  }
}

const tidy = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
