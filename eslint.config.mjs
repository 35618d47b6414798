import tseslint from 'typescript-eslint';

// What the house asks of its code (README, "How it is written"), as far as a machine can tell.
const env = { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Settings are read in src/platform/config only; take CONFIG.' };
const ticketWrites = ['Literal[value=/\\b(insert into|delete from|update) ticket\\b(?! of)/i]', 'TemplateElement[value.raw=/\\b(insert into|delete from|update) ticket\\b/i]'].map((selector) => ({
  selector,
  message: 'Only src/tickets writes the table ticket: use tickets.apply() with an event.',
}));
const timeless = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Time is an argument in core/.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is an argument in core/.' },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'Chance is an argument in core/.' },
  { selector: "MemberExpression[object.name='performance']", message: 'Time is an argument in core/.' },
];
const bull = { patterns: [{ group: ['bull', 'bull/*', '@nestjs/bull', '@nestjs/bull/*'], message: 'All contact with Bull lives in src/outbox.' }] };

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.data/', '.cache/', 'templates/assets/', 'docs/'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      curly: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-empty': 'error',
      'no-unreachable': 'error',
      'no-unsafe-finally': 'error',
      'no-dupe-keys': 'error',
      'no-self-compare': 'error',
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'globalThis', 'fetch', 'URL', 'AbortSignal', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'performance', 'Buffer',
          'require', 'module', '__dirname', 'structuredClone', 'TextEncoder', 'TextDecoder', 'Headers', 'FormData', 'Blob', 'crypto'].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }] },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-restricted-imports': ['error', bull],
    },
  },
  { files: ['src/**/*.ts'], ignores: ['src/outbox/**', '**/*.spec.ts'], rules: { 'no-restricted-syntax': ['error', env, ...ticketWrites] } },
  { files: ['src/core/**/*.ts'], ignores: ['**/*.spec.ts'], rules: { 'no-restricted-syntax': ['error', env, ...ticketWrites, ...timeless] } },
  // Retention moves no ticket: it empties what has had its time.
  { files: ['src/tickets/**/*.ts', 'src/retention/**/*.ts'], ignores: ['**/*.spec.ts'], rules: { 'no-restricted-syntax': ['error', env] } },
  { files: ['src/outbox/**/*.ts'], rules: { 'no-restricted-imports': 'off', 'no-restricted-syntax': ['error', env, ...ticketWrites] } },
  { files: ['src/platform/config/**/*.ts', 'src/simulator/main.ts'], rules: { 'no-restricted-syntax': ['error', ...ticketWrites] } },
  {
    // a test reads answers as they come; what they must be is what it asserts
    files: ['test/**/*.ts', 'bench/**/*.ts', '**/*.spec.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }], // tables of cases are long and easy
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
);
