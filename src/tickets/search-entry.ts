import type { EntityManager } from 'typeorm';
import { searchKeys } from '../core/search/search-keys';
import { searchWords, withoutPacked } from '../core/search/search-words';
import { KEEP, MOST_CHARACTERS, TOLD } from './search.sql';

interface Told {
  id: string;
  created_at: Date;
  account: string;
  said: string | null;
  seen: string | null;
  inside: string;
  email: string | null;
  names: string;
  messages: number;
}

const some = (text: string | null): string => (text ?? '').slice(0, MOST_CHARACTERS);

/**
 * Reads tickets anew and keeps what they are found by. Words are found here, by what finds them in a question too, and not by PostgreSQL: its parser
 * took three times as long, and made words of every line of a signature.
 */
export async function index(tx: EntityManager, ids: string[]): Promise<void> {
  // Sent as objects they are not kept prepared: a plan from the day on which the desk was empty would read all evidence for each ticket.
  const told = (await tx.query({ text: TOLD } as unknown as string, [ids])) as Told[];
  await tx.query({ text: KEEP } as unknown as string, [JSON.stringify(told.map(entryOf))]);
}

function entryOf({ id, created_at, account, said, seen, inside, email, names, messages }: Told): object {
  const evidence = withoutPacked(some(said));
  const open = new Set(searchWords([account, evidence, some(seen)].join('\n')));
  const closed = new Set(searchWords(some(inside)).filter((word) => !open.has(word)));
  return {
    ticket_id: id,
    created_at,
    // What only the desk may find has the weight D, which is the one that is not written.
    words: [...[...open].map((word) => `${word}:1A`), ...[...closed].map((word) => `${word}:1`)].join(' '),
    keys: searchKeys([email, some(seen), evidence].join('\n')),
    names,
    messages,
  };
}
