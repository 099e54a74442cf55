import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    nn: 'src/nn/index.ts',
    optim: 'src/optim/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  clean: true,
  sourcemap: true,
  // Entries share one rule registry and one stack of levels, so the code they have in common is one chunk, in CommonJS too.
  splitting: true,
  external: [/^@tensorflow\//, 'fast-check'],
  esbuildOptions(options) {
    // `sideEffects: false` speaks to users' bundlers; ours must keep `import './rules'`, which registers every rule.
    options.ignoreAnnotations = true;
  },
});
