import type { DataSource } from 'typeorm';
import { Columns, type Kind } from '../../src/platform/database/columns';
import { testDatabase, type TestDatabase } from '../support/database';

const KINDS: Record<string, Kind> = { id: 'uuid', said: 'text', size: 'integer', at: 'time', body: 'jsonb', ip: 'inet', bytes: 'bytea', words: 'words' };
const ID = '0192a3b4-c5d6-7e8f-9a0b-ff00abcdef12';
const AT = '2026-11-20T02:12:33.123Z';
const ROW = { id: ID, said: 'plain', size: -2_147_483_648, at: AT, body: { a: [1, null, 'é'] }, ip: '2001:db8::/48', bytes: '\\x00ff41', words: ['one', 'two'] };

describe('rows as columns in binary form', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect();
  });
  afterAll(() => database?.drop());

  /** What PostgreSQL makes of them, beside a parameter of another kind. */
  const read = async (rows: object[]): Promise<Record<string, unknown>[]> => {
    const columns = new Columns(KINDS, 2);
    const text = `select $1::text as before, ${columns.names} from ${columns.rows} given`;
    return (await source.query(text, ['first', ...columns.values(rows)])) as Record<string, unknown>[];
  };

  it('come back as they were given', async () => {
    expect(await read([ROW])).toEqual([{ ...ROW, before: 'first', at: new Date(AT), bytes: Buffer.from([0, 255, 65]) }]);
  });

  it.each([['1969-12-31T23:59:59.999Z'], ['2000-01-01T00:00:00.000Z'], ['0044-03-15T12:00:00.000Z'], ['9999-12-31T23:59:59.000Z']])('keep the time %s, as a Date and as a text', async (at) => {
    const found = await read([{ id: ID, at }, { id: ID, at: new Date(at) }]);
    expect(found.map((row) => (row['at'] as Date).getTime())).toEqual([Date.parse(at), Date.parse(at)]);
  });

  it('take what is not there for null', async () => {
    expect(await read([{ id: ID }, { id: ID, said: null, words: [] }])).toEqual([
      { before: 'first', id: ID, said: null, size: null, at: null, body: null, ip: null, bytes: null, words: null },
      { before: 'first', id: ID, said: null, size: null, at: null, body: null, ip: null, bytes: null, words: [] },
    ]);
  });

  it('need no row', async () => {
    expect(await read([])).toEqual([]);
  });

  it('keep every character of a text, a word and a value of JSON', async () => {
    const text = ['"', '\\', '{a,b}', 'NULL', '', ' \r\n\t', 'é€😀'].join('|');
    const words = ['"', '\\', '{a,b}', 'NULL', '', ' \r\n\t', 'é€😀'];
    expect(await read([{ id: ID, said: text, words, body: text }])).toEqual([expect.objectContaining({ said: text, words, body: text })]);
  });

  it('may be longer than what was written before', async () => {
    const sizes = [10, 70_000, 1_000_000];
    const rows = sizes.map((size) => ({ id: ID, said: '€'.repeat(size), bytes: `\\x${'ab'.repeat(size)}` }));
    const found = await read(rows);
    expect(found.map((row) => [row['said'], (row['bytes'] as Buffer).toString('hex')])).toEqual(rows.map(({ said, bytes }) => [said, bytes.slice(2)]));
  });

  it.each([[{ id: 'no-id' }], [{ id: ID.slice(0, 35) }], [{ id: `${ID.slice(0, 35)}g` }]])('refuse %j, which is no UUID', async (row) => {
    await expect(read([row])).rejects.toThrow('not a UUID');
  });

  it('refuse what is no time', async () => {
    await expect(read([{ id: ID, at: 'yesterday' }])).rejects.toThrow('not a time');
    await expect(read([{ id: ID, at: new Date(Number.NaN) }])).rejects.toThrow('not a time');
  });
});
