import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '../../src/platform/config/config';
import { createLog } from '../../src/platform/log';
import { build } from '../../src/start';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from '../support/database';

jest.setTimeout(60_000);

/** T38: nobody is somebody else, or a hundred, by what they write into a header. */
describe('T38: forged X-Forwarded-For and CF-Connecting-IP', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    database = await testDatabase();
    app = await build(loadConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_DRIVER: 'manual', ROLES: 'web', LOG_LEVEL: 'silent', TRUSTED_PROXIES: '10.1.0.0/16' }));
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  /** Asks for so many sign-in links, each with another address in the headers. @returns how many were let through */
  const asked = async (times: number, remoteAddress: string, headers: (i: number) => Record<string, string>): Promise<number> => {
    let through = 0;
    for (let i = 0; i < times; i++) {
      const answer = await app.inject({
        method: 'POST', url: '/sign-in', remoteAddress, payload: new URLSearchParams({ email: `a${i}@shop.example` }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', ...headers(i) },
      });
      expect([200, 429]).toContain(answer.statusCode);
      through += Number(answer.statusCode === 200);
    }
    return through;
  };

  it('evade no limit, from a stranger or through our own proxy', async () => {
    const forged = (i: number) => ({ 'x-forwarded-for': `198.51.100.${i}`, 'cf-connecting-ip': `198.51.100.${i}`, 'x-real-ip': `198.51.100.${i}`, forwarded: `for=198.51.100.${i}` });
    expect(await asked(40, '203.0.113.9', forged)).toBe(30);
    // The proxy adds the address it saw behind what the client wrote: only that one is believed.
    expect(await asked(40, '10.1.2.3', (i) => ({ 'x-forwarded-for': `198.51.100.${i}, 203.0.113.10` }))).toBe(30);
    // Behind it, others have their own limit.
    expect(await asked(5, '10.1.2.3', () => ({ 'x-forwarded-for': '203.0.113.11' }))).toBe(5);
    expect(await asked(1, '10.2.2.3', () => ({ 'x-forwarded-for': '203.0.113.10' }))).toBe(1);
  });

  it('newlines and terminal codes in what was sent stay inside one line of the log', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line: string) => void lines.push(line) });
    const evil = 'curl\n{"level":50,"msg":"forged"}\r\n\u001b[2J\u001b]0;owned\u0007\u009b31m';
    log.warn({ userAgent: evil, context: evil }, `refused: ${evil}`);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f]/);
    expect((JSON.parse(lines[0] ?? '') as { msg: string }).msg).toBe(`refused: ${evil}`);
  });
});
