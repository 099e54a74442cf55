import { posix } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { entries } from './tsup.config';

/** As package.json tells users' bundlers: these are imported for what they register. */
const sideEffects: Plugin = {
  name: 'side effects',
  transform: (_, id) => ({ moduleSideEffects: /\/src\/(rules|tract\/layers)\//.test(id) }),
};

/** Shaders travel as text, which no minifier shortens: their indentation and comments stay here. */
const shaders: Plugin = {
  name: 'shaders',
  transform: {
    order: 'pre',
    handler: (code, id) =>
      /webgpu|webgl/i.test(id.slice(id.indexOf('/src/')))
        ? { code: code.replace(/\n[ \t]+/g, '\n').replace(/(?<=\n|;[ \t]+)\/\/.*/g, ''), map: null }
        : undefined,
  },
};

/** What package.json puts in the place of tensorflow.ts where a bundle is for pages. Nothing imports it. */
const inPages = 'linalg/kernels/tensorflowInPages';

const TFJS = '@tensorflow/tfjs-core';

/**
 * One module of the ES build imports tfjs-core for all: where that stays outside of a bundle, the statements of a hundred modules would cost
 * 3 KiB of it. A bundler that takes it in sees through the re-exports.
 */
const oneImport: Plugin = {
  name: 'one import of tfjs-core',
  generateBundle({ format }, bundle) {
    if (format !== 'es') return;
    const names = new Set<string>();
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      const path = posix.relative(posix.dirname(chunk.fileName), 'core/tensorflow.js');
      chunk.code = chunk.code.replaceAll(
        new RegExp(`^import \\{([^}]*)\\} from "${TFJS}";$`, 'gm'),
        (_, list: string) => {
          for (const item of list.split(',')) names.add(item.trim().split(' ')[0]!);
          return `import {${list}} from "${path.startsWith('.') ? path : `./${path}`}";`;
        },
      );
    }
    const source = `export { ${[...names].sort().join(', ')} } from "${TFJS}";\n`;
    this.emitFile({ type: 'asset', fileName: 'core/tensorflow.js', source });
  },
};

/**
 * The JavaScript of the package: one module for each source file, as ES modules and as CommonJS, so that users' bundlers leave out what a
 * program does not use. tsup.config.ts makes the declarations.
 */
export default defineConfig({
  plugins: [sideEffects, shaders, oneImport],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    target: 'es2022',
    lib: { entry: { ...entries, [inPages]: `src/${inPages}.ts` } },
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
