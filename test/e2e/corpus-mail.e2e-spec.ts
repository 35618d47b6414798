import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startDesk, type Desk } from '../support/desk';
import { waitFor } from '../support/wait-for';

const FOLDER = resolve('../shared/mail-corpus');
const there = existsSync(FOLDER);
if (!there) {
  process.stderr.write('NO CORPUS: ../shared/mail-corpus is absent, its mails are not posted.\n');
}

interface Told {
  id: string;
  state: string;
  reason: string | null;
  ticket: string | null;
}

(there ? describe : describe.skip)('every mail of the corpus', () => {
  let desk: Desk;
  const files = there ? readdirSync(FOLDER).filter((name) => name.endsWith('.eml')) : [];
  const ids = new Map<string, string>();

  beforeAll(async () => {
    desk = await startDesk();
  }, 180_000);
  afterAll(() => desk?.stop());

  const post = async (file: string): Promise<string> => {
    const { status, body } = await desk.call<Told>('POST', '/api/v1/inbound-mail', readFileSync(join(FOLDER, file)));
    expect(`${file}: ${status}`).toBe(`${file}: 202`);
    expect(body.state).toBe('stored');
    return body.id;
  };
  const ended = (file: string, id: string): Promise<Told> =>
    waitFor(`the end of ${file}`, async () => {
      const { body } = await desk.call<Told>('GET', `/api/v1/inbound-mail/${id}`);
      return body.state === 'stored' ? null : body;
    }, 60_000);

  it('is stored and ends in one named state; none is lost, none opens a ticket', async () => {
    expect(files).toHaveLength(317);
    for (const file of files) {
      ids.set(file, await post(file));
    }
    const ends = new Map<string, Told>();
    for (const [file, id] of ids) {
      ends.set(file, await ended(file, id));
    }
    const count = (state: string): number => [...ends.values()].filter((end) => end.state === state).length;
    expect([...ends.values()].filter((end) => end.ticket !== null)).toEqual([]);
    expect([...ends].filter(([, end]) => end.state === 'quarantined' && !end.reason)).toEqual([]);
    // 72 of the mails come from a collection of bounces; five of those are other reports of machines.
    expect(files.filter((file) => file.startsWith('sisimai') && !['bounce', 'automatic'].includes(ends.get(file)?.state ?? '')).length).toBeLessThanOrEqual(1);
    expect(count('bounce')).toBeGreaterThanOrEqual(72);
  }, 240_000);

  it('comes back as a duplicate, and is still there to the byte after a crash', async () => {
    await desk.kill();
    await desk.start();
    for (const file of files.slice(0, 20)) {
      expect(await ended(file, await post(file))).toMatchObject({ state: 'duplicate' });
    }
    const rows = await desk.database.query<{ id: string; raw: Buffer }>('select id, raw from inbound_mail where id = any($1)', [[...ids.values()]]);
    const stored = new Map(rows.map((row) => [row.id, row.raw]));
    expect(files.filter((file) => !stored.get(ids.get(file) ?? '')?.equals(readFileSync(join(FOLDER, file))))).toEqual([]);
  }, 240_000);

  it('leaves no mail without an end', async () => {
    expect(await desk.database.query(`select count(*)::int as n from inbound_mail where state = 'stored'`)).toEqual([{ n: 0 }]);
    expect(await desk.database.query(`select job, last_error from outbox_message where state = 'parked'`)).toEqual([]);
  });
});
