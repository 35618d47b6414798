import { PATIENCE_MS, SLOW_MS, type Caller, type Heard } from './ask';

export type Verdict = 'pass' | 'fail' | 'warn' | 'skip';
export interface Result { check: string; verdict: Verdict; rule: string; says: string }

/** Collects what the checks found. A check is named once, by what it asks for. */
export class Report {
  readonly results: Result[] = [];

  /** `wrong`: what was found instead, in words; null when it is as it should be. */
  add(check: string, rule: string, wrong: string | null, verdict: Verdict = 'fail'): boolean {
    this.results.push({ check, rule, verdict: wrong === null ? 'pass' : verdict, says: wrong ?? '' });
    return wrong === null;
  }

  skip(check: string, rule: string, why: string): void {
    this.results.push({ check, rule, verdict: 'skip', says: why });
  }

  /** What holds for every answer: none redirects, all are JSON, none is late. */
  general(caller: Caller): void {
    const of = (is: (answer: Heard) => boolean): string | null => {
      const found = caller.heard.filter(({ answer }) => is(answer));
      return found.length === 0 ? null : `${found[0]?.what}${found.length > 1 ? ` and ${found.length - 1} more` : ''}`;
    };
    const redirect = of(({ status, location }) => status >= 300 && status < 400 && (location !== null || status !== 304));
    this.add('no-redirects', 'No call is answered with a redirect: the desk follows none.', redirect && `${redirect} redirects`);
    const silent = of(({ status }) => status === 0);
    this.add('whole-answers', `Every call is answered within ${PATIENCE_MS / 1000} s, whole, and with 1 MB at most.`, silent && `${silent}: ${caller.heard.find(({ answer }) => answer.status === 0)?.answer.failure ?? ''}`);
    const slow = of(({ milliseconds, status }) => status > 0 && milliseconds > SLOW_MS);
    this.add('quick-answers', `Answers come within ${SLOW_MS / 1000} s.`, slow && `${slow} took longer`, 'warn');
    const other = of(({ status, body, type }) => status >= 200 && status < 300 && (body === undefined || !/\bjson\b/.test(type)));
    this.add('json', 'Answers of 2xx are JSON and say so in Content-Type.', other && `${other} answers something else`);
    const broken = of(({ status }) => status >= 500 && ![501, 503].includes(status));
    this.add('no-500', 'No call is answered with a failure of the server.', broken && `${broken} answers ${caller.heard.find(({ answer }) => answer.status >= 500)?.answer.status ?? 500}`);
    const busy = of(({ status, retryAfter }) => [429, 503].includes(status) && !/^\d+$/.test(retryAfter ?? '') && Number.isNaN(Date.parse(retryAfter ?? '')));
    this.add('retry-after', '429 and 503 carry Retry-After, in seconds or as a date.', busy && `${busy} does not say when to ask again`);
  }

  get failed(): number {
    return this.results.filter(({ verdict }) => verdict === 'fail').length;
  }

  text(url: string): string {
    const marks: Record<Verdict, string> = { pass: 'ok  ', fail: 'FAIL', warn: 'warn', skip: '-   ' };
    const lines = this.results.map(({ check, verdict, rule, says }) => `${marks[verdict]} ${check.padEnd(22)} ${verdict === 'pass' ? rule : `${rule}\n${' '.repeat(28)}${verdict === 'skip' ? 'not tried' : 'found'}: ${says}`}`);
    const count = (verdict: Verdict): number => this.results.filter((one) => one.verdict === verdict).length;
    return `${url}\n\n${lines.join('\n')}\n\n${count('pass')} hold, ${count('fail')} fail, ${count('warn')} to look at, ${count('skip')} not tried.\n`;
  }
}

/** "answered 200" for a report. */
export const told = ({ status, failure, body }: Heard): string => (status === 0 ? (failure ?? 'no answer') : `answered ${status}${code(body) ? ` ${code(body)}` : ''}`);
export const code = (body: unknown): string => (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' ? body.code : '');
