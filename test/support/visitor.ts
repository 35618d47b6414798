import type { Desk } from './desk';

export interface Visited {
  status: number;
  headers: Headers;
  body: string;
  /** where a redirect would lead */
  to: string | null;
}

/** A browser without a script that keeps its cookies and follows nothing: each step of an attack is asked for by name. */
export function visitor(desk: Pick<Desk, 'url'>, from = '127.0.0.1') {
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, form?: Record<string, string>, headers: Record<string, string> = {}): Promise<Visited> => {
    const answer = await fetch(path.startsWith('http') ? path : desk.url + path, {
      method, redirect: 'manual', signal: AbortSignal.timeout(20_000),
      ...(form ? { body: new URLSearchParams(form) } : {}),
      // A header that is given as nothing is left out: not every browser says where a request comes from.
      headers: Object.fromEntries(Object.entries({ accept: 'text/html', 'sec-fetch-site': 'same-origin', 'x-forwarded-for': from, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...headers }).filter(([, value]) => value !== '')),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    return { status: answer.status, headers: answer.headers, body: await answer.text(), to: answer.headers.get('location') };
  };
  const field = (html: string, name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
  return {
    cookies, send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
    post: (path: string, form: Record<string, string>, headers?: Record<string, string>) => send('POST', path, form, headers),
    /** In at the desk with a password. @returns the session's token against forged forms */
    enterDesk: async (email: string, password: string): Promise<string> => {
      const _csrf = field((await send('GET', '/desk/sign-in')).body, '_csrf');
      await send('POST', '/desk/sign-in', { email, password, ...(_csrf ? { _csrf } : {}) });
      return field((await send('GET', '/desk')).body, '_csrf');
    },
    field,
  };
}
