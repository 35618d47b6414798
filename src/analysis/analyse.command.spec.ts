import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { allCases } from '../../test/fixtures/all-cases';
import { codes, facts, headers, IP } from '../../test/fixtures/cases';
import type { Analysis } from '../core/rules/analysis';
import { analyseCommand } from './analyse.command';

const folder = mkdtempSync(join(tmpdir(), 'analyse-'));
const FACTS = join(folder, 'facts.json');
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command as a shell would: what it wrote, and how it ended. */
async function run(args: string[], stdin: string | Uint8Array = '', { isTTY = false, hasColors = true, given = facts() as unknown } = {}) {
  writeFileSync(FACTS, typeof given === 'string' ? given : JSON.stringify(given));
  const told = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') => Object.assign(new Writable({ write: (chunk: Buffer, _encoding, done) => { told[name] += chunk.toString(); done(); } }), { isTTY, hasColors: () => hasColors });
  const exit = await analyseCommand(args, { stdin: Readable.from([Buffer.from(stdin)]), stdout: into('stdout'), stderr: into('stderr') });
  return { exit, ...told };
}

describe('cli analyse', () => {
  it('gives every expected code of every case, and none that is forbidden', async () => {
    const wrong: unknown[] = [];
    for (const each of await allCases()) {
      const { exit, stdout } = await run(['-', '--facts', FACTS, '--json'], each.text, { given: each.facts ?? facts() });
      const found = exit === 0 ? codes(JSON.parse(stdout) as Analysis) : [`exit ${exit}`];
      if (exit !== 0 || each.expected.some((code) => !found.includes(code)) || each.forbidden?.some((code) => found.includes(code))) {
        wrong.push({ id: each.id, what: each.what, found });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('writes for people: the verdict, the way, each finding with its weight and line, and what to fix; colours on a terminal only', async () => {
    const plain = await run(['-', '--facts', FACTS], headers());
    expect(plain.exit).toBe(0);
    expect(plain.stdout).toMatch(/claim-message-id-match/);
    expect(plain.stdout).toMatch(/\+3\b/);
    expect(plain.stdout).toMatch(/\bline \d|\bL\d/);
    expect(plain.stdout).toContain('sign_dkim');
    expect(plain.stdout).toContain(IP);
    // eslint-disable-next-line no-control-regex
    expect(plain.stdout).not.toMatch(/\u001b/);
    // eslint-disable-next-line no-control-regex
    expect((await run(['-', '--facts', FACTS], headers(), { isTTY: true })).stdout).toMatch(/\u001b\[/);
    // eslint-disable-next-line no-control-regex
    expect((await run(['-', '--facts', FACTS], headers(), { isTTY: true, hasColors: false })).stdout).not.toMatch(/\u001b/);
  });

  it('marks in the way where belief ends', async () => {
    const way = (await run(['-', '--facts', FACTS], headers())).stdout.split('The way, newest first\n')[1]?.split('\n') ?? [];
    expect(way[0]).toContain('<- the claimed address');
    expect(way[1]).toContain('only the sender\'s word from here');
    expect(way[2]).toContain('mail.shop.example from web01');
    expect((await run(['-', '--facts', FACTS], headers({ Received: null }))).stdout).toContain('only the sender\'s word from here');
  });

  it('quotes folded lines as one', async () => {
    const { stdout } = await run(['-', '--facts', FACTS], headers({ Received: `from mail.shop.example (unknown [${IP}])\r\n\tby mx1.example.net (Postfix)\r\n\twith ESMTPS id 4F; Fri, 20 Nov 2026 03:12:33 +0100` }));
    expect(stdout).toContain(`(unknown [${IP}]) by mx1.example.net (Postfix) with ESMTPS`);
    expect(stdout).not.toContain('\ufffd');
  });

  it('takes no control characters of a message to the terminal', async () => {
    const { stdout } = await run(['-', '--facts', FACTS], headers({ Subject: 'a\u001b]0;x\u0007b \u001b[31mred \u202egnp.exe', 'Message-ID': '<\u001b[2J@x>' }));
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  it.each<[string, string[], number, RegExp]>([
    ['no file', [], 2, /Name a file[\s\S]*--ip/],
    ['two files', ['a.eml', 'b.eml'], 2, /One file at a time/],
    ['an option that does not exist', ['-', '--colour'], 2, /--colour[\s\S]*--json/],
    ['an address that is none', ['-', '--ip', '300.1.1.1'], 2, /--ip must be an IPv4 or IPv6 address/],
    ['a time that is none', ['-', '--blocked-at', 'yesterday'], 2, /--blocked-at must be a time with its zone/],
    ['a kind that is none', ['-', '--kind', 'ham'], 2, /--kind must be spam or hack/],
    ['a file that is not there', [join(folder, 'none.eml')], 1, /cannot be read/],
    ['a folder', [folder], 1, /cannot be read/],
  ])('says of %s what would be right', async (_what, args, exit, says) => {
    const told = await run(args, headers());
    expect([told.exit, told.stdout]).toEqual([exit, '']);
    expect(told.stderr).toMatch(says);
  });

  it('names what is wrong with the facts', async () => {
    for (const [given, says] of [['{', /is not JSON/], [{ dns: { txt: 'none' } }, /dns\.txt/], [{ trust: {} }, /trust/]] as const) {
      const told = await run(['-', '--facts', FACTS], headers(), { given });
      expect([told.exit, told.stdout]).toEqual([1, '']);
      expect(told.stderr).toMatch(says);
    }
  });
});
