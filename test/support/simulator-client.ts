import type { RunningSimulator } from '../../src/simulator/child';

export interface Answered<T> {
  status: number;
  body: T;
  headers: Headers;
}

/** Speaks to a simulator as the desk would. A refused connection or a dropped answer throws. */
export function simulatorClient(noc: Pick<RunningSimulator, 'url' | 'token'>) {
  const call = async <T = unknown>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Answered<T>> => {
    const answer = await fetch(noc.url + path, {
      method, signal, headers: { authorization: `Bearer ${noc.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : null) as T, headers: answer.headers };
  };
  return {
    call,
    get: <T = unknown>(path: string) => call<T>('GET', path),
    post: <T = unknown>(path: string, body?: unknown, headers?: Record<string, string>) => call<T>('POST', path, body, headers),
    put: <T = unknown>(path: string, body?: unknown) => call<T>('PUT', path, body),
    lift: (ip: string, kind: string, blockedAt: string, key: string, signal?: AbortSignal) =>
      call<{ state?: string; code?: string; blockedAt?: string; retryAfterSeconds?: number }>('POST', `/addresses/${ip}/blocks/${kind}/lift`, { blockedAt, ticket: 'UB-TEST-0001', reason: 'a test' }, { 'idempotency-key': key }, signal),
  };
}
