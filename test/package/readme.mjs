// Type-checks and runs the README's `ts` and `js` blocks against the packed package.
// Each block is a program of its own; one opened with "```ts continued" is joined to the block before it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, createConsumer, root } from './consumer.mjs';

const text = readFileSync(join(root, 'README.md'), 'utf8');
const programs = [];
for (const [, language, info, code] of text.matchAll(/^```(ts|js)\b([^\n]*)\n([\s\S]*?)^```$/gm)) {
  const previous = programs.at(-1);
  if (info.trim() === 'continued' && previous) previous.code += code;
  else programs.push({ language, code });
}
if (programs.length === 0) throw new Error('README.md has no ```ts or ```js block to run');

const user = createConsumer();
const files = programs.map(({ language, code }, i) =>
  user.write(`snippet-${i + 1}.${language}`, code + '\nexport {};\n'),
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

console.log(`README.md: ${files.length} snippets`);
if (programs.some(({ language }) => language === 'ts')) user.exec(bin('tsc'), ['-p', 'tsconfig.json']);
for (const file of files) user.exec(bin('tsx'), [file]);
