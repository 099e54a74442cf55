import tseslint from 'typescript-eslint';

// Imports point one way: a folder may import from its own row and from the rows above it.
const layers = [
  ['tree', 'wasm'],
  ['core'],
  ['rules', 'linalg', 'random'],
  ['interpreters', 'jit'],
  ['transforms'],
  ['lax'],
  ['tract'],
  ['nn', 'optim', 'layers', 'testing'],
];

const backends = {
  regex: '^@tensorflow/(tfjs$|tfjs-(backend|node|layers|data|converter))',
  message: 'src works with whatever backend the user loads: import @tensorflow/tfjs-core only.',
};
const internals = {
  regex: '^@tensorflow/tfjs-core/',
  message: 'Files inside tfjs-core do not load in plain Node: import the package itself.',
};

const directions = layers.map((folders, row) => {
  const above = layers.slice(row + 1).flat();
  const upward = {
    regex: `^(\\.\\./)+((${above.join('|')})(/|$)|index$|$)`,
    message: `src/${folders[0]} may not import what is built on it (see eslint.config.js for the order).`,
  };
  return {
    files: folders.map((folder) => `src/${folder}/**/*.ts`),
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: above.length ? [backends, internals, upward] : [backends, internals] },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['dist/', 'docs/', 'coverage/', '.cache/', '.scratch*'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [backends, internals] }] },
  },
  ...directions,
  {
    files: ['src/**/index.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'Program > :not(ExportAllDeclaration, ImportDeclaration, ExportNamedDeclaration[declaration=null])',
          message: 'An index.ts only re-exports: move this to a file named after what it is.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
