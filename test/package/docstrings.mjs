// Type-checks and runs the examples of docstrings against the packed package. What a comment behind a statement says has to come out:
// `f(x); // [1, 2]`, or `const [y, dy] = f(x); // 1, [2, 3]`; one that begins with a word is prose. `tf` and the package's names need no import,
// and each function of the package is in an example.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { bin, createConsumer, root } from './consumer.mjs';

const user = createConsumer();

/** What each entry exports. */
const entries = {};
for (const entry of ['index', 'nn', 'optim', 'layers', 'testing'])
  entries[entry] = await import(
    pathToFileURL(join(user.folder, 'node_modules/tfjs-tract/dist', `${entry}.js`)).href
  );

const parse = (code) => ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);

/** The `ts` blocks in the docstrings of a file. */
function examplesOf(file) {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^ *\* ```ts\n([^]*?)^ *\* ```$/gm);
  return [...blocks].map(([, lines]) => ({ file, code: lines.replaceAll(/^ *\* ?/gm, '') }));
}

/** The value that a comment states, as code. */
function stated(file, comment, several) {
  if (/^(?!(NaN|Infinity|true|false|null)\b)[a-z`]/i.test(comment)) return undefined;
  const value = several ? `[${comment}]` : `(${comment})`;
  if (parse(value).parseDiagnostics.length > 0)
    throw new Error(`${file}: neither a value nor prose: // ${comment}`);
  return value;
}

/** A statement, followed by the comparison with what is stated behind it. */
function compared(statement, { file, code }) {
  const text = statement.getText();
  const [comment] = ts.getTrailingCommentRanges(code, statement.end) ?? [];
  const name = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0].name : undefined;
  if (!comment || !(name || ts.isExpressionStatement(statement))) return text;
  const value = stated(
    file,
    code.slice(comment.pos + 2, comment.end).trim(),
    name && ts.isArrayBindingPattern(name),
  );
  if (!value) return text;
  return name ? `${text}\nsame(${name.getText()}, ${value});` : `same(${text.replace(/;$/, '')}, ${value});`;
}

/** Imports of the names that an example uses: those of the entry to which its file belongs come first. */
function importsFor({ file, code }) {
  const own = file.split('/')[1];
  const from = new Map();
  for (const entry of Object.keys(entries).sort((a, b) => (b === own) - (a === own)))
    for (const name of Object.keys(entries[entry]))
      if (new RegExp(`(?<![.\\w])${name}\\b(?!:)`).test(code) && !from.has(name)) from.set(name, entry);
  for (const [, names] of code.matchAll(/^import .*?{(.*)}/gm))
    for (const name of names.split(',')) from.delete(name.trim());
  return [...from]
    .map(([name, entry]) => `import { ${name} } from 'tfjs-tract${entry === 'index' ? '' : `/${entry}`}';\n`)
    .join('');
}

const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.ts'));
const examples = sources.sort().flatMap((name) => examplesOf(join('src', name)));

const all = examples.map(({ code }) => code).join('\n');
const missing = Object.values(entries)
  .flatMap((names) => Object.entries(names))
  .flatMap(([name, value]) =>
    typeof value === 'object'
      ? Object.entries(value).map(([key, inner]) => [`${name}.${key}`, inner])
      : [[name, value]],
  )
  .filter(([name, value]) => typeof value === 'function' && !new RegExp(`(?<![.\\w])${name}\\b`).test(all));
if (missing.length > 0)
  throw new Error(`No docstring has an example of ${missing.map(([name]) => name).join(', ')}`);

user.write(
  'same.ts',
  `import { Tensor } from '@tensorflow/tfjs-core';

/** The tensors of a tree hold these numbers, to the digits that are written. */
export function same(found: unknown, stated: unknown, path = ''): void {
  const value = found instanceof Tensor ? found.arraySync() : found;
  if (typeof value === 'object' && value && typeof stated === 'object' && stated) {
    const keys = Object.keys(stated);
    if (Object.keys(value).sort().join() === keys.sort().join())
      return keys.forEach((key) => same(value[key as never], stated[key as never], path + '/' + key));
  } else if (typeof value === 'number' && typeof stated === 'number' && Number.isFinite(stated)) {
    const digits = String(stated).split('.')[1]?.length ?? 4;
    if (Math.abs(value - stated) <= 0.501 * 10 ** -digits) return;
  } else if (Object.is(value, stated)) return;
  throw new Error(\`\${JSON.stringify(value)} came out, not \${JSON.stringify(stated)}, at "\${path}"\`);
}
`,
);
const programs = examples.map((example, i) => {
  const name = `${basename(example.file, '.ts')}${i}`;
  const body = parse(example.code)
    .statements.map((statement) => compared(statement, example))
    .join('\n');
  user.write(
    `${name}.ts`,
    `import * as tf from '@tensorflow/tfjs-core';
import { same } from './same.js';
${importsFor(example)}${body}
export default [tf, same];
`,
  );
  return { name, file: example.file, values: body.match(/^same\(/gm)?.length ?? 0 };
});
user.write(
  'main.ts',
  `import '@tensorflow/tfjs-backend-cpu';
const print = console.log;
console.log = () => {};
let failed = 0;
for (const { name, file } of ${JSON.stringify(programs)}) {
  try {
    await import(\`./\${name}.js\`);
  } catch (error) {
    failed++;
    print(\`\${file}: \${error}\`);
  }
}
process.exitCode = Math.min(failed, 1);
`,
);
const values = programs.reduce((sum, program) => sum + program.values, 0);
console.log(`${programs.length} examples of docstrings, which state ${values} values`);

// The package's own declarations are checked with the examples; those of tfjs have errors.
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  strict: true,
  noEmit: true,
};
const main = join(user.folder, 'main.ts');
const checked = ts.createProgram(
  [...programs.map(({ name }) => join(user.folder, `${name}.ts`)), main],
  options,
);
const errors = checked
  .getSourceFiles()
  .filter(({ fileName }) => fileName.startsWith(user.folder))
  .flatMap((file) => [...checked.getSyntacticDiagnostics(file), ...checked.getSemanticDiagnostics(file)]);
if (errors.length > 0) {
  const host = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => user.folder,
    getNewLine: () => '\n',
  };
  console.error(ts.formatDiagnostics(errors, host));
  process.exit(1);
}
user.exec(bin('tsx'), ['main.ts']);
