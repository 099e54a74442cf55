import { defineConfig } from 'tsup';

/** The package's entries. */
export const entries = {
  index: 'src/index.ts',
  layers: 'src/layers/index.ts',
  nn: 'src/nn/index.ts',
  optim: 'src/optim/index.ts',
  testing: 'src/testing/index.ts',
};

/** The declarations of the package, for import and for require. vite.build.config.ts makes the JavaScript. */
export default defineConfig({
  entry: entries,
  format: ['esm', 'cjs'],
  dts: { only: true },
  external: [/^@tensorflow\//, 'fast-check'],
});
