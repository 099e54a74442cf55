import { defineConfig } from 'vite';
import { entries } from './tsup.config';

/**
 * The JavaScript of the package: one module for each source file, as ES modules and as CommonJS, so that users' bundlers leave out what a
 * program does not use. tsup.config.ts makes the declarations.
 */
export default defineConfig({
  plugins: [
    {
      // As package.json tells users' bundlers: these are imported for what they register.
      name: 'side effects',
      transform: (_, id) => ({ moduleSideEffects: /\/src\/(rules|tract\/layers)\//.test(id) }),
    },
  ],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    target: 'es2022',
    lib: { entry: entries },
    rolldownOptions: {
      external: [/^@tensorflow\//, 'fast-check'],
      output: [
        { format: 'es', entryFileNames: '[name].js', preserveModules: true, preserveModulesRoot: 'src' },
        {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          preserveModules: true,
          preserveModulesRoot: 'src',
          exports: 'named',
        },
      ],
    },
  },
});
