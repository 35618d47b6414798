import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { authenticate } from 'mailauth';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { readMessage } from '../src/core/headers/read-message';
import type { Facts } from '../src/core/rules/analysis';
import { analyse } from '../src/core/rules/analyse';
import { planLookups } from '../src/core/rules/plan-lookups';

/** One line of `npm run bench`. */
export interface Figure {
  bench: 'analysis';
  figure: string;
  unit: 'per second' | 'ms';
  value: number;
  runs: number;
  /** what it is held against, such as ">= 2,000" */
  bar?: string;
  min: number;
  max: number;
}

const IP = '203.0.113.45';
const HEAD = [
  'Return-Path: <orders@shop.example>',
  `Received: from mail.shop.example (mail.shop.example [${IP}]) by mx1.example.net (Postfix) with ESMTPS id 4F2A71C0093 for <anna@example.net>; Fri, 20 Nov 2026 03:12:33 +0100`,
  'Received: from web01 (web01.shop.example [10.0.4.11]) by mail.shop.example (Postfix) with ESMTPSA id 8C41D2007F; Fri, 20 Nov 2026 03:12:31 +0100',
  'Message-ID: <20261120021231.8C41D2007F@shop.example>', 'Date: Fri, 20 Nov 2026 03:12:31 +0100', 'From: "shop.example" <orders@shop.example>', 'To: anna@example.net',
  'Subject: Your order 40817 is on its way', 'Authentication-Results: mx1.example.net; spf=pass smtp.mailfrom=orders@shop.example; dmarc=pass header.from=shop.example',
].join('\r\n');
const FACTS: Facts = {
  now: '2026-11-20T09:00:00Z', claim: { ip: IP, kind: 'spam', blockedAt: '2026-11-20T02:14:00Z' }, block: { detections: [{ messageId: '20261120021231.8C41D2007F@shop.example', at: '2026-11-20T02:12:33Z' }] },
  dns: { ptr: { [IP]: ['mail.shop.example'] }, a: { 'mail.shop.example': [IP] }, aaaa: {}, mx: {}, txt: { 'shop.example': [`v=spf1 ip4:${IP} -all`], '_dmarc.shop.example': ['v=DMARC1; p=none'] } },
  trusted: { authservIds: ['mx1.example.net'], hosts: [], networks: [] },
};

/**
 * How fast a whole analysis is without the network, on one core: over the corpus (reading included), at 12 kB of headers, and on the worst of the hostile
 * megabytes, the latter also as the first thing that a process reads; beside it, on the same files, `mailauth` (no look-up succeeds), `mailparser` and
 * `postal-mime`, which read but do not judge. Every figure begins warm: after 8,000 calls, as a desk is after its first hours.
 * @param corpus folder of .eml files; without it, one mail of our own
 */
export async function run({ quick = false, corpus = join(__dirname, '../../shared/mail-corpus') }: { quick?: boolean; corpus?: string } = {}): Promise<Figure[]> {
  const files = existsSync(corpus) ? readdirSync(corpus).filter((file) => file.endsWith('.eml')).map((file) => readFileSync(join(corpus, file))) : [Buffer.from(`${HEAD}\r\n\r\nHello\r\n`)];
  const [runs, seconds] = quick ? [3, 0.4] : [5, 2];
  const twelve = `${HEAD}\r\n${Array.from({ length: 100 }, (_, i) => `X-Field-${i}: ${'abc def '.repeat(13)}`).join('\r\n')}`;
  const hostile = Object.keys(HOSTILE).map((name) => latency(`at a hostile megabyte (${name})`, read(name), runs, 20, ['<= 100'])[0] as Figure);
  const resolver = (): Promise<never> => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  return [
    ...(await rate('analyses', files, (file) => void analyse(readMessage(file), FACTS), runs, seconds, '>= 2,000')),
    ...(await rate('plans of look-ups', files, (file) => void planLookups(readMessage(file), { ...FACTS, dns: null }), runs, seconds)),
    ...(await rate('mailauth on the same files', files, (file) => authenticate(file, { ip: IP, helo: 'mail.shop.example', mta: 'desk', resolver, disableBimi: true } as Parameters<typeof authenticate>[1]).catch(() => null), runs, seconds)),
    ...(await rate('postal-mime on the same files', files, (file) => PostalMime.parse(file).catch(() => null), runs, seconds)),
    ...(await rate('mailparser on the same files', files, (file) => simpleParser(file).catch(() => null), runs, seconds)),
    ...latency('at 12 kB of headers', () => analyse(readMessage(twelve), FACTS), runs, quick ? 500 : 3_000, ['<= 1', '<= 10']),
    slowest(hostile),
    slowest(Object.keys(HOSTILE).map((name) => made(`first hostile megabyte of a process (${name})`, 'ms', Array.from({ length: 3 }, () => first(name)), '<= 100'))),
  ];
}

/** Processor time of reading and judging a hostile megabyte as the first thing that a process does, its modules loaded: nothing is compiled yet. */
function first(name: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, [__filename, 'first', name], { encoding: 'utf8', timeout: 60_000 });
  const taken = Number(stdout);
  if (stdout === '' || Number.isNaN(taken)) {
    throw new Error(`the process for one reading failed: ${stderr}`);
  }
  return taken;
}

/** A megabyte each of what was hardest to bound: fields and lines in number, what has to be repaired first, parts, comments, long lists. */
const HOSTILE: Record<string, () => string> = {
  'long line, then fields': () => `${HEAD}\r\nX-Long: ${'a'.repeat(500_000)}\r\n${Array.from({ length: 20_000 }, (_, i) => `Received: ((((from a [1.2.3.${i}] by`).join('\r\n')}`,
  'Received': () => 'Received: from a (b [1.2.3.4]) by c with SMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000\n'.repeat(12_000),
  'quoted': () => '> Received: x\n'.repeat(75_000),
  'blank lines': () => 'Subject: a\n\n'.repeat(87_000),
  'nested messages': () => `Content-Type: multipart/report; boundary=a\nFrom: a@b\n\n${'--a\nContent-Type: message/rfc822\n\nFrom: a\n\n'.repeat(24_000)}`,
  'pasted headers': () => `Content-Type: multipart/mixed; boundary=a\nFrom: a@b\n\n${`--a\nContent-Type: text/plain\n\n${'> Message-ID: <a@b>\n> Received: from a (b [1.2.3.4]) by c; Fri, 20 Nov 2026 02:12:31 +0000\n'.repeat(200)}\n`.repeat(60)}`,
  'results': () => `${HEAD}\n${`Authentication-Results: mx; ${'dkim=pass header.d=a.b; '.repeat(600)}\n`.repeat(70)}`,
  'HTML': () => '<p>Received: from a &lt;b&gt; [1.2.3.4] by c</p>'.repeat(22_000),
};
const read = (name: string): (() => unknown) => {
  const text = HOSTILE[name]?.() ?? '';
  return () => analyse(readMessage(text, { messageIds: ['none@else.example'], ip: IP }), FACTS);
};
const slowest = (figures: Figure[]): Figure => figures.reduce((worst, figure) => (figure.value > worst.value ? figure : worst));

if (process.argv[2] === 'first' && require.main === module) {
  const work = read(process.argv[3] ?? '');
  const start = busy();
  work();
  process.stdout.write(String(busy() - start));
}

/** Some 200 functions are compiled in two steps, which takes about 6,000 analyses; counted, not timed, so that a busy machine is not measured cold. At most 10 s for who is slower. */
const WARM_UP = { calls: 8_000, ms: 10_000 };

async function rate(figure: string, files: Buffer[], work: (file: Buffer) => unknown, runs: number, seconds: number, bar?: string): Promise<Figure[]> {
  const rates: number[] = [];
  const onCore: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    const before = busy();
    let done = 0;
    while (i === 0 ? done < WARM_UP.calls && performance.now() - start < WARM_UP.ms : performance.now() - start < seconds * 1_000) {
      for (const file of files) {
        await work(file);
      }
      done += files.length;
    }
    if (i > 0) {
      rates.push((done * 1_000) / (performance.now() - start)); // the first warms up
      onCore.push((done * 1_000) / (busy() - before));
    }
  }
  return [made(figure, 'per second', rates), made(`${figure}, by processor time`, 'per second', onCore, bar)];
}

/** Processor time of this process so far, ms: what a busy machine does beside it does not count. */
function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Median and 99th percentile of single calls by processor time, each the median of the repetitions. */
function latency(figure: string, work: () => unknown, runs: number, calls: number, bars: string[]): Figure[] {
  const each = Array.from({ length: runs + 1 }, () =>
    Array.from({ length: calls }, () => {
      const start = busy();
      work();
      return busy() - start;
    }).sort((a, b) => a - b),
  ).slice(1);
  const at = (share: number): number[] => each.map((times) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return [made(`median ${figure}`, 'ms', at(0.5), bars[0]), made(`p99 ${figure}`, 'ms', at(0.99), bars[1])];
}

function made(figure: string, unit: Figure['unit'], values: number[], bar?: string): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value: number | undefined): number => Math.round((value ?? 0) * 1_000) / 1_000;
  return { bench: 'analysis', figure, unit, value: round(sorted[Math.floor(sorted.length / 2)]), runs: values.length, min: round(sorted[0]), max: round(sorted.at(-1)), ...(bar ? { bar } : {}) };
}
