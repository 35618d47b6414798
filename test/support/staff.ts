import type { Desk } from './desk';

export interface StaffPage {
  status: number;
  url: string;
  html: string;
  text: string;
}

/** A member of staff who only sends forms. `role` is one of those that the demo seeds, unless an e-mail address is given. */
export async function signInStaff(desk: Desk, roleOrEmail: string, password = 'desk-password') {
  const email = roleOrEmail.includes('@') ? roleOrEmail : (desk.staff.find(({ role }) => role === roleOrEmail)?.email ?? '');
  let cookie = '';
  let csrf = '';
  const send = async (path: string, init: RequestInit = {}): Promise<StaffPage> => {
    const answer = await fetch(path.startsWith('http') ? path : desk.url + path, {
      ...init, redirect: 'manual', headers: { accept: 'text/html', origin: desk.url, 'sec-fetch-site': 'same-origin', cookie, ...(init.headers as Record<string, string>) },
    });
    const jar = new Map(cookie.split('; ').filter(Boolean).map((one) => [one.split('=', 1)[0], one]));
    answer.headers.getSetCookie().forEach((each) => jar.set(each.split('=', 1)[0], each.split(';', 1)[0] ?? ''));
    cookie = [...jar.values()].join('; ');
    const to = answer.headers.get('location');
    if (to && answer.status === 303) {
      return send(to);
    }
    const html = await answer.text();
    csrf = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? csrf;
    return { status: answer.status, url: path, html, text: html.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ').replace(/&#x27;|&#39;/g, "'").replace(/&quot;/g, '"').replace(/&#x3D;/g, '=').replace(/&amp;/g, '&').replace(/\s+/g, ' ') };
  };
  const post = (path: string, fields: Record<string, string> = {}): Promise<StaffPage> => send(path, { method: 'POST', body: new URLSearchParams({ _csrf: csrf, ...fields }) });
  await send('/desk/sign-in');
  const first = await post('/desk/sign-in', { email, password });
  return { get: (path: string) => send(path), post, first, cookie: () => cookie };
}
