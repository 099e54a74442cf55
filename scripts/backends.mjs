// The backends that the tests run on: which vitest projects are theirs, and what sets them up where the machine lacks it.

/** Projects are named after the backend, or `NAME-...`. */
export const backends = [
  { name: 'cpu' },
  { name: 'wasm' },
  { name: 'tensorflow', setup: ['scripts/setup/tensorflow.sh', 'cpu'] },
  // In Node, and in pages.
  { name: 'webgpu', setup: ['scripts/setup/webgpu.sh'] },
  { name: 'page-webgpu', setup: ['scripts/setup/webgpu.sh'] },
  { name: 'webgl', setup: ['scripts/setup/webgpu.sh'] },
  { name: 'page-wasm', setup: ['scripts/setup/webgpu.sh'] },
];

/** What the pages of test/package need beside them. */
export const chromium = { name: 'Chromium', setup: ['scripts/setup/webgpu.sh'] };

/** vitest adds the browser to the name: `webgl (chromium)`. */
export const isOf = ({ name }, project) => {
  const [own] = project.split(' ');
  return own === name || own.startsWith(`${name}-`);
};
