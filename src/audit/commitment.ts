import { createHash } from 'node:crypto';

/** Hash of what was said with its salt, in the order of its keys (jsonb keeps its own). Without the salt nothing can be guessed from it. */
export function commitment(said: Record<string, unknown>): string {
  return createHash('sha256').update(JSON.stringify(Object.entries(said).sort(([a], [b]) => (a < b ? -1 : 1)))).digest('hex');
}
