// Type-checks and runs the `ts` blocks of the README and of docs/*.md, and the README's `js` blocks, against the packed package.
// Each block is a program of its own; one opened with "```ts continued" is joined to the block before it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bin, createConsumer, root } from './consumer.mjs';

/** The programs of a file; blocks may be part of a list, and indented. */
function programsOf(file, languages) {
  const text = readFileSync(join(root, file), 'utf8');
  const programs = [];
  const blocks = new RegExp(`^( *)\`\`\`(${languages})\\b([^\\n]*)\\n([\\s\\S]*?)^\\1\`\`\`$`, 'gm');
  for (const [, indent, language, info, code] of text.matchAll(blocks)) {
    const own = code.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const previous = programs.at(-1);
    if (info.trim() === 'continued' && previous) previous.code += own;
    else programs.push({ name: file.replaceAll(/\W+/g, '-'), language, code: own });
  }
  return programs;
}

const guides = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const readme = programsOf('README.md', 'ts|js');
if (readme.length === 0) throw new Error('README.md has no ```ts or ```js block to run');
// What docs/backends.md does in js needs backends that may not be here; its own tests do it.
const programs = [...readme, ...guides.flatMap((name) => programsOf(join('docs', name), 'ts'))];

const user = createConsumer();
const files = programs.map(({ name, language, code }, i) =>
  user.write(`${name}-${i + 1}.${language}`, code + '\nexport {};\n'),
);
user.write(
  'tsconfig.json',
  JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2022', 'DOM'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      types: ['node'],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ['*.ts'],
  }),
);

console.log(`README.md and ${guides.length} guides: ${files.length} snippets`);
if (programs.some(({ language }) => language === 'ts')) user.exec(bin('tsc'), ['-p', 'tsconfig.json']);
for (const file of files) user.exec(bin('tsx'), [file]);
