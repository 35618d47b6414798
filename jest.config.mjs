import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

// Nest 12 is ESM-only and Jest cannot require() ES modules before Node 24.9: SWC turns exactly the ESM packages into CommonJS.
function esmPackages(dir = 'node_modules') {
  if (!existsSync(dir)) {
    return [];
  }
  return readdirSync(dir)
    .filter((n) => !n.startsWith('.'))
    .flatMap((n) => (n.startsWith('@') ? readdirSync(`${dir}/${n}`).map((m) => `${dir}/${n}/${m}`) : [`${dir}/${n}`]))
    .flatMap((path) => {
      let type;
      try {
        ({ type } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8')));
      } catch {
        return [];
      }
      return [...(type === 'module' ? [path.slice('node_modules/'.length)] : []), ...esmPackages(`${path}/node_modules`)];
    });
}

// @fastify/cookie is CommonJS but imports such a package dynamically, which Jest cannot either.
const escaped = [...esmPackages(), '@fastify/cookie'].map((p) => p.replace(/[.+]/g, '\\$&'));
const swc = (parser, transform) => [
  '@swc/jest',
  { swcrc: false, sourceMaps: 'inline', jsc: { target: 'es2023', parser, transform, keepClassNames: true }, module: { type: 'commonjs' } },
];

export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testEnvironment: 'node',
  // Journeys wait for conditions, each with a deadline of its own; this one is only met by a test that hangs.
  testTimeout: 60_000,
  // Each worker may have a desk, a simulator and a browser running beside it: one more than there are cores was no faster (16 minutes).
  maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }, { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true }),
    '/node_modules/.+\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  transformIgnorePatterns: [`<rootDir>/node_modules/(?!.*\\.mjs$)(?!(${escaped.join('|')})/)`],
  setupFiles: ['<rootDir>/test/support/guard-network.cjs'],
  globalSetup: '<rootDir>/test/services.setup.mjs',
  globalTeardown: '<rootDir>/test/services.teardown.mjs',
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
};
