import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function up(from: string): string {
  return existsSync(join(from, 'package.json')) || from === dirname(from) ? from : up(dirname(from));
}

/** The folder of package.json: the same for the sources, for dist/ and for tests. */
export const ROOT = up(__dirname);
