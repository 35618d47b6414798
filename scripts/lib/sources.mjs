import Module, { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

// Test services start from the sources, so that `npx jest one.spec.ts` needs no build.
const require = createRequire(import.meta.url);
const { transformSync } = require('@swc/core');

Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    swcrc: false,
    sourceMaps: 'inline',
    jsc: { target: 'es2023', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true }, keepClassNames: true },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};

/** Loads a TypeScript source of this project, by its path from the project's root. */
export const fromSource = (path) => require(`../../${path}`);
