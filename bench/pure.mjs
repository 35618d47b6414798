// The pure benches are TypeScript beside this file (type-checked with everything else); they are turned into JavaScript below dist/ here,
// where their imports of src/ mean the built code.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { note, say, tell } from './figures.mjs';

const require = createRequire(import.meta.url);
const CORPUS = resolve('../shared/mail-corpus');

/** Runs bench/<name>.ts: `export async function run({ quick, corpus })` that returns figures. */
export async function pure(name, { quick }) {
  say(`${name}: on one core, without network and database`);
  if (!existsSync(CORPUS)) {
    note(`${name}: there is no corpus of mails beside the checkout, so samples of our own were read`);
  }
  const { run } = require(compiled(name));
  for (const { figure, name: called, unit, value, median, runs, min, max, bar } of await run({ quick, corpus: CORPUS })) {
    const [sign, limit] = bar?.split(' ') ?? [];
    const held = bar ? { goal: Number(limit.replaceAll(',', '')), less: sign === '<=' } : null;
    tell(name, `${name}: ${figure ?? called}`, unit, spread({ value: value ?? median, min, max, runs: runs ?? 3 }), held);
  }
}

/** The benches give median, smallest and largest already: three values that have exactly these. */
const spread = ({ value, min, max, runs }) => Object.assign([min, value, max], { runs });

function compiled(name) {
  const ts = require('typescript');
  const source = readFileSync(join('bench', `${name}.ts`), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS, esModuleInterop: true } });
  mkdirSync('dist/bench', { recursive: true });
  const file = resolve('dist/bench', `${name}.js`);
  writeFileSync(file, outputText);
  return file;
}
