import type { Field } from './message';

/** The fields of each name (its key), in the order in which they stand. */
export function fieldsByKey(fields: readonly Field[]): Map<string, Field[]> {
  const byKey = new Map<string, Field[]>();
  for (const field of fields) {
    const same = byKey.get(field.key);
    if (same) {
      same.push(field);
    } else {
      byKey.set(field.key, [field]);
    }
  }
  return byKey;
}
