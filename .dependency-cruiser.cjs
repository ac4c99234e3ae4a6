/** Which room may know which: imports run downwards only (docs/architecture.md). */
const room = (from, allowed) => ({
  name: `${from}-knows-only-${allowed.join('-and-') || 'itself'}`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: '^(electron|renderer|agent|backend|hardware|contract|test|scripts)/', pathNot: `^(${[from, ...allowed].join('|')})/` },
});

module.exports = {
  forbidden: [
    room('contract', []),
    room('hardware', []),
    room('agent', ['contract', 'hardware']),
    room('backend', ['contract']),
    room('renderer', ['contract']),
    room('electron', ['contract']),
    room('scripts', ['contract', 'hardware', 'agent', 'backend', 'electron', 'renderer']),
    {
      name: 'scripts-know-of-the-window-only-its-words-and-the-gallery',
      comment: 'Recordings are made of what the window says, pictures and checks of the gallery; everything else of it is reached through its built pages.',
      severity: 'error',
      from: { path: '^scripts/' },
      to: { path: '^renderer/', pathNot: '^renderer/(strings|voice|gallery)/' },
    },
    {
      name: 'journal-is-checked-by-nothing-else',
      comment: 'A journal can be checked with no other part of the system: only the contract, and what reads a ledger file.',
      severity: 'error',
      from: { path: '^scripts/journal(\\.ts$|/)', pathNot: '\\.test\\.ts$' },
      to: { path: '^(electron|renderer|agent|backend|hardware|test)/', pathNot: '^agent/ledger/(ledger-audit|migrations|plain-checks|numbered-movements|posting-ids)\\.ts$', reachable: true },
    },
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'simulator-is-not-production', severity: 'error', from: { path: '^(agent|backend|electron|renderer|hardware/(reader|card|printer))/', pathNot: '(\\.test\\.tsx?$|/test-support/)' }, to: { path: '^hardware/simulator/' } },
    { name: 'test-support-is-not-production', severity: 'error', from: { path: '^(agent|backend|contract|electron|hardware|renderer|scripts)/', pathNot: '(\\.test\\.tsx?$|/test-support/)' }, to: { path: '/test-support/' } },
    { name: 'window-loads-no-node', severity: 'error', from: { path: '^renderer/', pathNot: '\\.test\\.tsx?$' }, to: { dependencyTypes: ['core'] } },
    { name: 'no-undeclared-package', severity: 'error', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'unknown', 'undetermined'] } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.css'] },
  },
};
