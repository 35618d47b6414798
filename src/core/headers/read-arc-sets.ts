import type { Field } from './message';
import { readTags } from './read-tags';

/** The three fields that one receiver added (RFC 8617 §4.1). */
export interface ArcSet {
  instance: number;
  results: Field;
  messageSignature: Field;
  seal: Field;
  /** cv= of the seal: what its writer found of the chain before it */
  chain: 'none' | 'pass' | 'fail' | null;
}

export interface ArcChain {
  /** complete sets by instance, oldest first */
  sets: ArcSet[];
  /** why the chain is broken already by its shape (RFC 8617 §5.2 steps 2 and 3), in words */
  problems: string[];
}

const KEYS = { 'arc-authentication-results': 'results', 'arc-message-signature': 'messageSignature', 'arc-seal': 'seal' } as const;

/** Sorts the ARC fields into sets. Null when there are none. Instances go from 1 to 50. */
export function readArcSets(fields: readonly Field[]): ArcChain | null {
  const found = new Map<number, Partial<Record<(typeof KEYS)[keyof typeof KEYS], Field>>>();
  const problems: string[] = [];
  for (const field of fields) {
    const part = KEYS[field.key as keyof typeof KEYS];
    if (part === undefined) {
      continue;
    }
    const instance = instanceOf(field);
    if (instance === null) {
      problems.push(`line ${field.line}: ${field.name} has no instance from 1 to 50`);
      continue;
    }
    const set = found.get(instance) ?? {};
    if (set[part]) {
      problems.push(`instance ${instance} has more than one ${field.name}`);
    }
    set[part] ??= field;
    found.set(instance, set);
  }
  if (found.size === 0 && problems.length === 0) {
    return null;
  }
  return { sets: complete(found, problems), problems };
}

function complete(found: Map<number, Partial<Omit<ArcSet, 'instance' | 'chain'>>>, problems: string[]): ArcSet[] {
  const sets: ArcSet[] = [];
  const last = Math.max(0, ...found.keys());
  for (let instance = 1; instance <= last; instance++) {
    const { results, messageSignature, seal } = found.get(instance) ?? {};
    if (!results || !messageSignature || !seal) {
      problems.push(`instance ${instance} is ${found.has(instance) ? 'not complete' : 'missing'}`);
      continue;
    }
    const cv = readTags(seal.value).get('cv')?.toLowerCase();
    const chain = cv === 'none' || cv === 'pass' || cv === 'fail' ? cv : null;
    if (chain !== (instance === 1 ? 'none' : 'pass')) {
      problems.push(`instance ${instance} says cv=${cv ?? ''}`);
    }
    sets.push({ instance, results, messageSignature, seal, chain });
  }
  return sets;
}

/** The instance of an ARC field: the tag i=, which in ARC-Authentication-Results stands before the authserv-id. */
function instanceOf(field: Field): number | null {
  const value = readTags(field.value.slice(0, field.key === 'arc-authentication-results' ? 40 : undefined)).get('i');
  const number = value !== undefined && /^\d{1,2}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= 50 ? number : null;
}
