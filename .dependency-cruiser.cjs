// Who may import whom (README, "The house"). Types cross every border; code crosses at *.service.ts and *.module.ts.
const ROOMS = 'intake|mailbox|status|review|analysis|lifting|mail|insights|settings|retention';
const GROUND = 'outbox|audit|auth|noc';
const WIRING = '^src/(app\\.module|main|start|cli)\\.ts$|^src/cli/';
const SPEC = '\\.spec\\.ts$';
// What stands at a border beside service and module, each by its name: words and marks without a state of their own (who may, who did,
// shapes of what comes in), the shared reading of a ticket, and the few small helpers that several rooms are meant to share.
const SIGNS = [
  '\\.schema\\.ts$',
  '^src/tickets/ticket\\.(entity|query|view)\\.ts$',
  '^src/audit/actor\\.ts$',
  '^src/auth/(access|principal|attempts|sign-in-token)\\.ts$',
  '^src/outbox/(handles|carrier|sweep)\\.ts$',
  '^src/evidence/(idempotency|reserved)\\.ts$',
];
const room = `^src/(${ROOMS})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third. Types do not count: they are gone at run time.',
      severity: 'error',
      from: { pathNot: SPEC },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-is-pure',
      comment: 'The book of rules knows no framework, no database and no clock. Small pure packages are allowed by name.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: SPEC },
      to: { pathNot: ['^src/core/', 'node_modules/(ipaddr\\.js|libmime|chrono-node|tldts|tldts-core|postal-mime)/', '^(node:)?(crypto|buffer)$'] },
    },
    {
      name: 'platform-is-the-floor',
      comment: 'Technique without a word of our domain; the filter of errors alone knows the refusal of the workflow.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: SPEC },
      to: { path: '^src/', pathNot: ['^src/platform/', '^src/core/ticket/decide\\.ts$'] },
    },
    {
      name: 'ground-looks-down',
      comment: 'Services that every room needs know no ticket.',
      severity: 'error',
      from: { path: `^src/(${GROUND})/`, pathNot: SPEC },
      to: { path: '^src/', pathNot: `^src/(core|platform|${GROUND})/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tickets-knows-no-evidence',
      comment: 'The ticket moves by events; what was sent in is kept one storey above.',
      severity: 'error',
      from: { path: '^src/tickets/', pathNot: SPEC },
      to: { path: '^src/', pathNot: `^src/(core|platform|tickets|${GROUND})/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'spine-looks-down',
      comment: 'The store of evidence serves the rooms and knows none of them.',
      severity: 'error',
      from: { path: '^src/evidence/', pathNot: SPEC },
      to: { path: '^src/', pathNot: `^src/(core|platform|tickets|evidence|${GROUND})/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'rooms-do-not-visit',
      comment: 'Rooms meet in the spine and through the outbox.',
      severity: 'error',
      from: { path: room, pathNot: SPEC },
      to: { path: room, pathNot: '^src/$1/' },
    },
    {
      name: 'nobody-imports-the-wiring',
      comment: 'Only the wiring knows the rooms; the simulator is another program.',
      severity: 'error',
      from: { path: '^src/', pathNot: [SPEC, WIRING, '^src/simulator/'] },
      to: { path: [WIRING, '^src/simulator/'] },
    },
    {
      name: 'knock-at-the-service',
      comment: 'A border shows its service and its module. The pure core and the floor are open; types cross freely.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: [SPEC, '^src/(simulator|cli)/'] },
      to: {
        path: `^src/(${ROOMS}|${GROUND}|tickets|evidence)/`,
        pathNot: ['^src/$1/', '\\.(service|module)\\.ts$', ...SIGNS],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};
