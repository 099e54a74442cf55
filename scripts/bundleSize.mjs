// What imports of the package cost in a page: bundled and minified by esbuild, with tfjs outside, and gzipped.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

export const imports = {
  'import { grad }': "export { grad } from 'tfjs-tract';",
  'import { grad, tract }': "export { grad, tract } from 'tfjs-tract';",
  'import { adam }': "export { adam } from 'tfjs-tract/optim';",
  'tfjs-tract': "export * from 'tfjs-tract';",
  'everything but testing': ['', '/layers', '/nn', '/optim']
    .map((entry, i) => `export * as e${i} from 'tfjs-tract${entry}';`)
    .join('\n'),
};

const gzipped = (code) => gzipSync(code, { level: 9 }).length;

/** `folder`: where the package is found from. */
async function bundle(contents, folder, options) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    format: 'esm',
    write: false,
    packages: 'bundle',
    external: ['@tensorflow/*'],
    logLevel: 'error',
    ...options,
  });
  return outputFiles[0].text;
}

/** Bytes of the bundle, gzipped. */
export const sizeOf = async (contents, folder, define = {}) =>
  gzipped(await bundle(contents, folder, { minify: true, define }));

/** What a bundle for pages without these backends is defined by: see docs/backends.md. */
export const withoutGPU = { __TFJS_TRACT_WEBGL__: 'false', __TFJS_TRACT_WEBGPU__: 'false' };

/** Bytes of a bundle that could not run: modules whose path below dist/ matches have their names, and nothing in them. */
export async function sizeWithout(contents, folder, path) {
  const empty = {
    name: 'empty',
    setup({ onLoad }) {
      onLoad({ filter: /\/dist\/.*\.js$/ }, ({ path: file }) => {
        if (!path.test(file.slice(file.lastIndexOf('/dist/') + 5))) return undefined;
        const lists = [...readFileSync(file, 'utf8').matchAll(/export \{([^}]*)\}/g)];
        const names = lists.flatMap(([, list]) =>
          list.split(',').map((part) => part.trim().split(' ').at(-1)),
        );
        const code = names.filter(Boolean).map((name, i) => `let e${i}; export { e${i} as ${name} };`);
        return { contents: code.join('\n') };
      });
    },
  };
  return gzipped(await bundle(contents, folder, { minify: true, plugins: [empty] }));
}

/** Names that the bundle declares and nothing in it uses: bundlers keep what they can't see to be without effect. */
export async function unusedIn(contents, folder) {
  const text = await bundle(contents, folder, { legalComments: 'none' });
  const declared = [...text.matchAll(/^(?:var|function|class) ([\w$]+)/gm)].map(([, name]) => name);
  const seen = new Map();
  for (const [name] of text.matchAll(/[\w$]+/g)) seen.set(name, (seen.get(name) ?? 0) + 1);
  return declared.filter((name) => seen.get(name) === 1);
}

/** The modules in the bundle: their paths below dist, and code. */
export async function modulesIn(contents, folder, define = {}) {
  const text = await bundle(contents, folder, { minifySyntax: true, minifyIdentifiers: true, define });
  const [, ...parts] = text.replace(/^export \{[^}]*\};$/m, '').split(/^\/\/ .*\bdist\/(.*)\.js$/m);
  const modules = [];
  for (let i = 0; i < parts.length; i += 2) {
    const { code } = await transform(parts[i + 1], { minifyWhitespace: true });
    modules.push({ path: parts[i], code });
  }
  return modules;
}

/** The modules in the bundle: their paths, minified bytes, and by how much the bundle, gzipped, would be smaller without each. */
export async function modulesOf(contents, folder) {
  const modules = await modulesIn(contents, folder);
  const whole = gzipped(modules.map(({ code }) => code).join(''));
  return modules.map(({ path, code }) => {
    const others = modules.filter((other) => other.path !== path).map((other) => other.code);
    return { path, bytes: code.length, gzipped: whole - gzipped(others.join('')) };
  });
}
