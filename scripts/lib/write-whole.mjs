import { renameSync, writeFileSync } from 'node:fs';

/** Writes JSON so that a reader sees the old file or the new one, never half of it; only we may read it. */
export function writeWhole(path, value) {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(half, path);
}
