import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { defineConfig, parseSync, type Plugin, Visitor } from 'vite';
import { entries } from './tsup.config';

/** As package.json tells users' bundlers: these are imported for what they register. */
const sideEffects: Plugin = {
  name: 'side effects',
  transform: (_, id) => ({ moduleSideEffects: /\/src\/(rules|tract\/layers)\//.test(id) }),
};

/** Comments go, and blanks that separate nothing. Those beside + and - stay: what is put in for `${}` may begin with one. */
const shorter = (shader: string): string =>
  shader
    .replace(/\/\/.*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([*/%=<>,;:(){}?&|!]) ?/g, '$1');

/** Shaders travel as text, which no minifier shortens: here it is done, for texts of several lines. */
const shaders: Plugin = {
  name: 'shaders',
  transform: {
    order: 'pre',
    handler(code, id) {
      if (!/webgpu|webgl/i.test(id.slice(id.indexOf('/src/')))) return undefined;
      const texts: { start: number; raw: string }[] = [];
      new Visitor({
        TemplateLiteral({ quasis }) {
          if (!quasis.some(({ value }) => value.raw.includes('\n'))) return;
          for (const { start, value, tail } of quasis) {
            if (!tail && /\/\/.*$/.test(value.raw)) throw new Error(`${id}: a value in a comment.`);
            texts.push({ start: code.indexOf(value.raw, start), raw: value.raw });
          }
        },
      }).visit(parseSync(id, code).program);
      let short = code;
      for (const { start, raw } of texts.sort((a, b) => b.start - a.start))
        short = short.slice(0, start) + shorter(raw) + short.slice(start + raw.length);
      return { code: short, map: null };
    },
  },
};

/**
 * What is for tfjs-node alone comes into no bundle for pages: beside such a module lies one that takes its place there, `targetInPages.ts` beside
 * `target.ts`, with the same exports. Nothing imports it; `browser` in package.json names the two, as ES modules and as CommonJS, and bundlers
 * for pages go by that (https://github.com/defunctzombie/package-browser-field-spec).
 */
const inPages = Object.fromEntries(
  readdirSync('src', { encoding: 'utf8', recursive: true })
    .filter((path) => path.endsWith('InPages.ts'))
    .map((path) => [path.replace(/\.ts$/, ''), `src/${path}`]),
);

/** esbuild leaves out what a flag excludes only where it sees the flag itself: uses of core/leftOut.ts are put for what is exported there. */
const flags: Plugin = {
  name: 'flags',
  transform: {
    order: 'pre',
    handler: (code, id) =>
      id.endsWith('/core/leftOut.ts')
        ? undefined
        : code.replace(/\bwith(WebGL|WebGPU)\b(?!.* from )/g, (_, backend: string) => {
            const flag = `__TFJS_TRACT_${backend.toUpperCase()}__`;
            return `(typeof ${flag} === 'undefined' || ${flag})`;
          }),
  },
};

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
  plugins: [sideEffects, shaders, flags, oneImport],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    target: 'es2022',
    lib: { entry: { ...entries, ...inPages } },
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
