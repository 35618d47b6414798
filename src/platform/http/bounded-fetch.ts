import { setTimeout as wait } from 'node:timers/promises';

/** Why there is no answer. `detail` is one line for staff. */
export interface FetchFailure {
  ok: false;
  error: 'timeout' | 'unreachable' | 'nonsense';
  detail: string;
}

/** No answer that we wait for is longer. In bytes. */
export const ANSWER_LIMIT = 1024 * 1024;

export interface Call {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** for the whole call, its last byte included */
  milliseconds: number;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** The connection was closed before an answer: often only one that both sides had kept open too long. */
const CUT = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/**
 * One HTTP call with a limit of time and of size. Follows no redirect: an order goes where the settings say. A reading whose
 * connection was cut is asked once more; an order never is.
 */
export async function boundedFetch(call: Call): Promise<Answer | FetchFailure> {
  const first = await once(call);
  if ('status' in first || call.method !== 'GET' || !CUT.includes(first.code)) {
    return 'status' in first ? first : first.failure;
  }
  await wait(10);
  const second = await once(call);
  return 'status' in second ? second : second.failure;
}

async function once({ method, url, headers, body, milliseconds }: Call): Promise<Answer | { failure: FetchFailure; code: string }> {
  try {
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(milliseconds) });
    const text = await read(response);
    return text === null
      ? { failure: { ok: false, error: 'nonsense', detail: `answered ${response.status} with more than 1 MB` }, code: '' }
      : { status: response.status, headers: response.headers, text };
  } catch (error) {
    const { name, cause, message } = error as Error & { cause?: { code?: string } };
    if (name === 'TimeoutError' || name === 'AbortError') {
      return { failure: { ok: false, error: 'timeout', detail: `no whole answer within ${milliseconds / 1000} s` }, code: '' };
    }
    const code = cause?.code ?? '';
    return { failure: { ok: false, error: 'unreachable', detail: code ? `could not be reached or hung up (${code})` : message }, code };
  }
}

/** The body as text, or null when it is too long: then the rest is not read. */
async function read(response: Response): Promise<string | null> {
  if (Number(response.headers.get('content-length') ?? 0) > ANSWER_LIMIT) {
    await response.body?.cancel();
    return null;
  }
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > ANSWER_LIMIT) {
      return null;
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
