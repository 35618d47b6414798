import { createServer, type AddressInfo } from 'node:net';
import { testDatabase } from '../support/database';
import { ensureBuilt, runCli, startProcess } from '../support/desk-process';
import { freePort } from '../support/ports';

jest.setTimeout(120_000);

describe('the start', () => {
  const settings = {
    NODE_ENV: 'test', DATABASE_URL: process.env['TEST_DATABASE_URL'] ?? '', SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:9', NOC_TOKEN: 'not-to-be-told', MAIL_LISTEN: 'smtp://127.0.0.1:0', LOG_LEVEL: 'info',
  };
  /** All that a start says that does not come to be. */
  const refusal = async (changed: Record<string, string>): Promise<string> => {
    const given: Record<string, string> = Object.fromEntries(Object.entries({ ...settings, PORT: String(await freePort()), ...changed }).filter(([, value]) => value !== '(none)'));
    const error = await startProcess(given).then((running) => (running.kill('SIGKILL'), new Error('It started.')), (failure: Error) => failure);
    expect(error.message).toContain('ended (1) before it was ready');
    return error.message;
  };
  beforeAll(ensureBuilt, 120_000);

  it.each<[string, Record<string, string>, RegExp[]]>([
    ['all that is wrong at once', {
      DATABASE_URL: 'mysql://a:not-to-be-told@b/c', SECRET: 'not-to-be-told', PORT: 'http', ROLES: 'web,boss', UNDO_SECONDS: '-1', REMIND_HOURS: '4,soon', REDIS_URL: 'http://not-to-be-told:6379',
    }, [
      /^ {2}DATABASE_URL: must be a URL that begins with postgres:/m, /^ {2}SECRET: must have at least 32 characters$/m, /^ {2}PORT: must be a port number \(it is "http"\)$/m,
      /^ {2}ROLES: may name web, worker, mail \(it is "web,boss"\)$/m, /^ {2}UNDO_SECONDS: must not be below 0/m, /^ {2}REMIND_HOURS: must be hours above 0, such as 4,24,72/m,
      /^ {2}REDIS_URL: must be redis:\/\/\[user:password@\]host\[:6379\]\[\/0\], redis\+sentinel:/m,
    ]],
    ['all that is missing at once', { DATABASE_URL: '(none)', SECRET: '(none)', NOC_URL: '(none)', NOC_TOKEN: '(none)' }, [
      /^ {2}DATABASE_URL: is missing; name a PostgreSQL 15 or later/m, /^ {2}SECRET: is missing; it signs cookies/m, /^ {2}NOC_URL: is missing; NOC_DRIVER=http needs/m, /^ {2}NOC_TOKEN: is missing/m,
    ]],
    ['resolvers by name', { DNS_SERVERS: 'my resolver' }, [/DNS_SERVERS: my resolver must be addresses/]],
    ['a mail door that is none', { MAIL_LISTEN: 'ftp://127.0.0.1:25' }, [/MAIL_LISTEN/]],
    ['a database without tables', {}, [/run `npm run cli -- migrate` first/]],
  ])('names %s, says what would be right, and tells no secret', async (_what, changed, sentences) => {
    const said = await refusal(changed);
    sentences.forEach((sentence) => expect(said).toMatch(sentence));
    expect(said).not.toMatch(/not-to-be-told|\n {4}at /);
  });

  it('names a port that is taken', async () => {
    const database = await testDatabase();
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    expect(await refusal({ DATABASE_URL: database.url, PORT: String(port) })).toContain(`:${port}`);
    other.close();
    await database.drop();
  });

  it('is refused by the command line in the same words', () => {
    const run = runCli({ ...settings, SECRET: 'not-to-be-told' }, ['audit', 'verify']);
    expect([run.status, run.stderr]).toEqual([1, expect.stringContaining('SECRET: must have at least 32 characters')]);
    expect(run.stderr).not.toContain('not-to-be-told');
    expect(runCli(settings, ['frobnicate']).status).toBe(2);
  });
});
