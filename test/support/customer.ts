import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Block } from '../../src/core/ticket/block';
import type { Desk } from './desk';

/** A customer of the simulator, with an address that is blocked. */
export interface Someone {
  id: string;
  email: string;
  name: string;
}

/** A launch token as the simulator's pages make it (contract, section 4). */
export function launchToken(desk: Pick<Desk, 'simulator'>, who: Someone, block?: Pick<Block, 'ip' | 'kind' | 'blockedAt'>): Promise<string> {
  return new SignJWT({ email: who.email, name: who.name, ...(block ? { ip: block.ip, kind: block.kind, blockedAt: block.blockedAt } : {}) })
    .setProtectedHeader({ alg: 'HS256', typ: 'launch+jwt' }).setAudience('unblock-desk').setSubject(who.id).setJti(randomUUID()).setIssuedAt().setExpirationTime('60s')
    .sign(new TextEncoder().encode(desk.simulator.launchKey));
}

export interface Page {
  status: number;
  url: string;
  html: string;
  /** the text that a reader sees, in one line */
  text: string;
}

/** A signed-in customer who only sends forms: what works here works without a script. */
export async function signIn(desk: Desk, who: Someone, block?: Pick<Block, 'ip' | 'kind' | 'blockedAt'>) {
  let cookie = '';
  let csrf = '';
  const send = async (path: string, init: RequestInit = {}): Promise<Page> => {
    const answer = await fetch(path.startsWith('http') ? path : desk.url + path, {
      ...init, redirect: 'manual', headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie, ...(init.headers as Record<string, string>) },
    });
    const set = answer.headers.getSetCookie().map((each) => each.split(';', 1)[0]).filter((each) => each?.startsWith('desk='));
    cookie = set.at(-1) ?? cookie;
    const to = answer.headers.get('location');
    if (to && answer.status === 303) {
      return send(to);
    }
    const html = await answer.text();
    csrf = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? csrf;
    return { status: answer.status, url: path, html, text: html.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ').replace(/&#x27;|&#39;/g, "'").replace(/&quot;/g, '"').replace(/&amp;/g, '&').replace(/\s+/g, ' ') };
  };
  const post = (path: string, fields: Record<string, string>): Promise<Page> => send(path, { method: 'POST', body: new URLSearchParams({ _csrf: csrf, ...fields }) });
  const upload = (path: string, fields: Record<string, string>, files: { name: string; text: string }[] = []): Promise<Page> => {
    const form = new FormData();
    Object.entries({ _csrf: csrf, ...fields }).forEach(([name, value]) => form.append(name, value));
    files.forEach((file) => form.append('message', new Blob([file.text]), file.name));
    return send(path, { method: 'POST', body: form });
  };
  const launched = await post('/launch', { token: await launchToken(desk, who, block) });
  const ticket = /name="ticket" value="([^"]+)"/.exec(launched.html)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
  const first = await post('/launch/continue', { ticket });
  /** A form as it stands, without adding the session's token. */
  const sendForm = (path: string, form: FormData): Promise<Page> => send(path, { method: 'POST', body: form });
  const postRaw = (path: string, fields: Record<string, string>): Promise<Page> => send(path, { method: 'POST', body: new URLSearchParams(fields) });
  return { get: (path: string) => send(path), post, sendForm, postRaw, upload, first, hx: (path: string) => send(path, { headers: { 'hx-request': 'true' } }) };
}
