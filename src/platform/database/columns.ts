/** What a column holds: `time` is a timestamptz, `words` a text[]. */
export type Kind = 'uuid' | 'text' | 'integer' | 'time' | 'jsonb' | 'inet' | 'bytea' | 'words';

/** The type that values travel as, its number in PostgreSQL's catalogue, and what it is made into where that is another. */
const SENT: Record<Kind, { type: string; oid: number; cast?: string }> = {
  uuid: { type: 'uuid', oid: 2950 }, text: { type: 'text', oid: 25 }, integer: { type: 'int4', oid: 23 }, time: { type: 'timestamptz', oid: 1184 }, jsonb: { type: 'jsonb', oid: 3802 },
  bytea: { type: 'bytea', oid: 17 }, inet: { type: 'text', oid: 25, cast: 'inet' }, words: { type: 'text', oid: 25, cast: 'text[]' },
};

/** PostgreSQL counts microseconds from here. */
const EPOCH = Date.UTC(2000, 0, 1);
const TWO_32 = 2 ** 32;
/** The first version of jsonb's binary form, and the only one. */
const JSONB = 1;
const DIGITS = new Int8Array(128).fill(-1);
[...'0123456789abcdef'].forEach((digit, value) => (DIGITS[digit.charCodeAt(0)] = value));
/** More than any value takes that is not a text. */
const SMALL = 32;

/** Where a column is written, before it is copied out; it grows with what is asked of it. One that grew beyond the second figure is given away with its column. */
const [PAGE, KEPT] = [64 * 1024, 1024 * 1024];
let page = Buffer.allocUnsafe(PAGE);
let end = 0;

function room(bytes: number): void {
  if (end + bytes > page.length) {
    const larger = Buffer.allocUnsafe(2 * (end + bytes));
    page.copy(larger, 0, 0, end);
    page = larger;
  }
}

/** By hand: Buffer's own looks at its arguments first, and this is called for every value. */
function int(value: number): void {
  page[end] = value >>> 24;
  page[end + 1] = value >>> 16;
  page[end + 2] = value >>> 8;
  page[end + 3] = value;
  end += 4;
}

/** A value of so many bytes, with its length before it. */
function sized(most: number, write: () => number): void {
  room(4 + most);
  const begin = end;
  end += 4;
  const length = write();
  end = begin;
  int(length);
  end += length;
}

/** No unit of a text takes more than three bytes. */
const text = (value: string): void => sized(3 * value.length, () => page.write(value, end));

function hex(digits: string): void {
  sized(digits.length, () => page.write(digits, end, 'hex'));
}

function uuid(value: string): void {
  int(16);
  let wrong = 0;
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      i++;
    }
    const byte = ((DIGITS[value.charCodeAt(i)] ?? -1) << 4) | (DIGITS[value.charCodeAt(i + 1)] ?? -1);
    wrong |= byte;
    page[end++] = byte;
  }
  if (wrong < 0) {
    throw new TypeError(`not a UUID: ${value}`);
  }
}

function time(value: Date | string): void {
  const microseconds = ((typeof value === 'string' ? Date.parse(value) : value.getTime()) - EPOCH) * 1_000;
  if (!Number.isFinite(microseconds)) {
    throw new TypeError(`not a time: ${String(value)}`);
  }
  const high = Math.floor(microseconds / TWO_32);
  int(8);
  int(high);
  int(microseconds - high * TWO_32);
}

const word = (value: string): string => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

function write(kind: Kind, value: unknown): void {
  switch (kind) {
    case 'uuid':
      return uuid(value as string);
    case 'integer':
      int(4);
      return int(value as number);
    case 'time':
      return time(value as Date | string);
    case 'jsonb': {
      const json = JSON.stringify(value);
      return sized(1 + 3 * json.length, () => {
        page[end] = JSONB;
        return 1 + page.write(json, end + 1);
      });
    }
    case 'bytea':
      return hex((value as string).slice(2));
    case 'words':
      return text(`{${(value as string[]).map(word).join(',')}}`);
    default:
      return text(value as string);
  }
}

function column(kind: Kind, rows: readonly object[], name: string): Buffer {
  end = 0;
  int(rows.length > 0 ? 1 : 0); // dimensions
  int(1);
  int(SENT[kind].oid);
  if (rows.length > 0) {
    int(rows.length);
    int(1);
  }
  for (const row of rows) {
    const value = (row as Record<string, unknown>)[name] ?? null;
    room(SMALL);
    if (value === null) {
      int(-1);
    } else {
      write(kind, value);
    }
  }
  const written = page.subarray(0, end);
  if (page.length <= KEPT) {
    return Buffer.from(written);
  }
  page = Buffer.allocUnsafe(PAGE);
  return written;
}

/**
 * Any number of rows as parameters of a statement: an array for each column, in PostgreSQL's binary form, which it takes as it is. Of rows in JSON it makes a
 * table of each record to look each column up in, and reads every character, time and id; that was a quarter of what it took to store a claim.
 */
export class Columns {
  private readonly kinds: [name: string, kind: Kind][];
  readonly names: string;
  /** The rows, for a `from`; they need a name there. */
  readonly rows: string;

  /**
   * @param kinds what each column holds, by its name; what a row does not have is null
   * @param from the number of the first parameter; there is one for each column
   */
  constructor(kinds: Record<string, Kind>, from: number) {
    this.kinds = Object.entries(kinds);
    this.names = Object.keys(kinds).join(', ');
    const array = (i: number): string => `$${from + i}::${SENT[this.kinds[i]?.[1] ?? 'text'].type}[]`;
    const values = this.kinds.map(([name, kind], i) => `(${array(i)})[n]${SENT[kind].cast ? `::${SENT[kind].cast}` : ''} as ${name}`);
    // Not unnest(): of an array whose length it knows PostgreSQL makes a plan each time.
    this.rows = `(select ${values.join(', ')} from generate_subscripts(${array(0)}, 1) n)`;
  }

  /** How many parameters they are. */
  get count(): number {
    return this.kinds.length;
  }

  /** @throws TypeError for what is no UUID or no time */
  values(rows: readonly object[]): Buffer[] {
    return this.kinds.map(([name, kind]) => column(kind, rows, name));
  }
}
