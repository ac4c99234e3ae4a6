import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'var/', 'node_modules/', '**/*.mjs', '**/*.cjs'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    // The agent and the contract take time and chance as ports; only the composition root and its own ports may read them.
    files: ['agent/**/*.ts', 'contract/**/*.ts'],
    ignores: ['agent/system-ports.ts', 'agent/agent-process.ts', '**/*.test.ts', 'contract/time.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time from the Clock port.' },
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Take the time from the Clock port.' },
        { selector: "CallExpression[callee.object.name='performance'][callee.property.name='now']", message: 'Take the time from the Clock port.' },
        { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'Take chance from the Randomness port.' },
        { selector: "CallExpression[callee.name=/^(setTimeout|setInterval)$/]", message: 'Use the Clock port.' },
      ],
    },
  },
  { files: ['renderer/**/*.ts', 'renderer/**/*.tsx'], plugins: { 'react-hooks': reactHooks }, rules: reactHooks.configs.recommended.rules },
  { files: ['scripts/**', 'test/**', 'hardware/simulator/**', '**/main.ts', '**/*.test.ts'], rules: { 'no-console': 'off' } },
  // `expect(object.method)` is how a stand-in is asked what was called.
  { files: ['**/*.test.ts', '**/*.test.tsx'], rules: { '@typescript-eslint/unbound-method': 'off' } },
  // Contexts and properties are plain objects of functions, made to be taken apart.
  { files: ['renderer/**/*.tsx'], rules: { '@typescript-eslint/unbound-method': 'off' } },
);
