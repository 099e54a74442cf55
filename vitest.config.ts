import { defineConfig } from 'vitest/config';

// Everything in test/ runs once per backend, except what needs none and what runs elsewhere.
const backendFree = ['test/tree/**/*.test.ts'];
const needsBackend = ['derivatives', 'dispose', 'ravel'].map((file) => `test/tree/${file}.test.ts`);
const elsewhere = ['test/types/**', 'test/package/**', 'test/browser/**', 'test/native/**'];

const shared = { pool: 'forks' as const, testTimeout: 60_000, hookTimeout: 60_000 };

const onBackend = (name: 'cpu' | 'wasm') => [
  {
    test: {
      ...shared,
      name,
      include: ['test/**/*.test.ts'],
      exclude: [...elsewhere, 'test/tree/**'],
      setupFiles: [`test/support/setup-${name}.ts`],
    },
  },
  {
    test: {
      ...shared,
      name: `${name}-tree`,
      include: needsBackend,
      setupFiles: [`test/support/setup-${name}.ts`],
    },
  },
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: backendFree,
          exclude: needsBackend,
          setupFiles: ['test/support/seed.ts'],
        },
      },
      {
        // tfjs-core's own gradients can't be imported in plain Node: here Vite resolves its modules.
        test: {
          ...shared,
          name: 'native',
          include: ['test/native/**/*.test.ts'],
          setupFiles: ['test/support/setup-cpu.ts'],
          server: { deps: { inline: [/@tensorflow/] } },
        },
      },
      ...onBackend('cpu'),
      ...onBackend('wasm'),
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
            // Errors outside test/types are the business of `tsc --noEmit`.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
});
