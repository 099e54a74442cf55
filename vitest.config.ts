import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import flags from './test/support/chromium.json' with { type: 'json' };

const shared = { pool: 'forks' as const, testTimeout: 60_000, hookTimeout: 60_000, teardownTimeout: 10_000 };

// Of the tests of pytrees only these compute; the others run once, without a backend.
const computing = '(derivatives|dispose|ravel).test.ts';

/** What needs no backend: once, each file in a process of its own. */
const unit = [
  `test/tree/!${computing}`,
  'test/core/{engine,noBackend}.test.ts',
  'test/examples/{idx,report,statistics}.test.ts',
  'test/random/threefry.test.ts',
  'test/jit/protobuf.test.ts',
  'test/rules/{kernels,workaroundsTable}.test.ts',
  'test/wasm/**/*.test.ts',
];

/** What no backend runs: types, and what has a project of its own. */
const elsewhere = ['test/types/**', 'test/package/**', 'test/browser/**', 'test/native/**', ...unit];

/** What is the same on every backend, and slow: on cpu only. */
const once = ['test/linalg/kernels/host/**', 'test/examples/host/**', 'test/examples/cli.test.ts'];

/** What finds out once for a process what there is, and has it otherwise here: a process of its own. */
const alone = ['test/backends/cpu/withoutWebAssembly.test.ts'];

/** What examples train, to the end: on wasm, their default. What they call is tested on each backend. */
const trainings = ['test/examples/{programs,training}.test.ts'];

/** One suite, once per backend: all of test/ and test/backends/NAME, except what is named here, with the reason. */
const backends: Record<string, { exclude: string[] }> = {
  cpu: { exclude: [...trainings, ...alone] },
  wasm: { exclude: [...once] },
  // The kernels computed on the host are not used there, and the demo does not offer it.
  tensorflow: { exclude: ['test/linalg/kernels/host/**', 'test/examples/**'] },
  // By a driver that stands in for a GPU, on which the examples train for minutes: their trainings are left out. What differs there is said in each test.
  webgpu: { exclude: [...once, ...trainings, 'test/examples/train.test.ts'] },
};

/** Backends that this machine lacks, as scripts/test.mjs found: their projects, NAME and NAME-..., are left out. */
const skipped = (process.env.SKIP_BACKENDS ?? '').split(',');
const isHere = ({ test: { name } }: { test: { name: string } }): boolean =>
  !skipped.some((backend) => name === backend || name.startsWith(`${backend}-`));

/** Chromium as Debian has it, with drivers that compute on the CPU in place of a graphics card. */
const chromium = (...args: string[]) =>
  playwright({
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: false,
      args: [
        ...flags,
        // See test/support/dawn.ts.
        '--enable-dawn-features=disable_workgroup_init',
        ...args,
      ],
    },
  });

/** New for each project: vitest names the instances after it. */
const inChromium = (...args: string[]) => ({
  enabled: true,
  headless: false,
  // What it shows of the run would be drawn on the CPU, too.
  ui: false,
  screenshotFailures: false,
  provider: chromium(...args),
  instances: [{ browser: 'chromium' as const }],
});

/** All that the tests import, so that no page is loaded again while it runs. */
const optimizeDeps = {
  include: ['core', 'layers', 'backend-cpu', 'backend-webgpu', 'backend-webgl', 'backend-wasm']
    .map((name) => `@tensorflow/tfjs-${name}`)
    .concat('seedrandom', 'fast-check', '@fast-check/vitest'),
};

/** test/browser, in one page for each of these backends. On webgpu nothing is read synchronously there, in or outside of transformations. */
const pages = Object.entries({
  'page-webgpu-async': 'webgpu',
  'webgl-page': 'webgl',
  'page-wasm': 'wasm',
}).map(([name, backend]) => ({
  test: {
    name,
    include: ['test/browser/**/*.test.ts'],
    setupFiles: [`test/browser/support/setup-${backend}.ts`],
    isolate: false,
    testTimeout: 60_000,
    browser: inChromium(),
  },
  optimizeDeps,
}));

/**
 * The suite of a backend in a page: what runs in Node, as much of it as test/support/runs.ts says. Shaders are compiled once for all files, which
 * share a page: a third to half less of the processors' time.
 */
const inPage = (
  name: string,
  backend: 'webgpu' | 'webgl',
  setup: string,
  { args = [], exclude = [] }: { args?: string[]; exclude?: string[] } = {},
) => ({
  test: {
    name,
    include: ['test/**/*.test.ts'],
    // The examples read files and write them.
    exclude: [...elsewhere, `test/backends/!(${backend})/**`, ...once, 'test/examples/**', ...exclude],
    setupFiles: [`test/support/${setup}.ts`],
    isolate: false,
    // One process draws for both pages: what one computes, the other waits for.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    browser: inChromium(...args),
  },
  optimizeDeps,
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: unit,
          setupFiles: ['test/support/seed.ts'],
        },
      },
      {
        // tfjs-core's own gradients can't be imported in plain Node: here Vite resolves its modules.
        test: {
          ...shared,
          name: 'native',
          include: ['test/native/**/*.test.ts'],
          setupFiles: ['test/support/setup-cpu.ts'],
          server: { deps: { inline: [/@tensorflow/] } },
        },
      },
      ...Object.entries(backends).map(([name, { exclude }]) => ({
        test: {
          ...shared,
          name,
          include: ['test/**/*.test.ts'],
          exclude: [...elsewhere, `test/backends/!(${name})/**`, ...exclude],
          setupFiles: [`test/support/setup-${name}.ts`],
          // tfjs, the rules and what is compiled are loaded once for all files, which share two processes: a third of the processors' time.
          isolate: false,
        },
      })),
      { test: { ...shared, name: 'cpu-alone', include: alone, setupFiles: ['test/support/setup-cpu.ts'] } },
      ...pages,
      // Tests read from canvases, which hold zeros where pages are drawn by another driver than WebGPU's.
      inPage('page-webgpu', 'webgpu', 'setup-webgpu-page', {
        args: ['--use-vulkan=swiftshader', '--use-angle=swiftshader'],
      }),
      // JavaScript stands for no kernel there, and whole numbers are floats.
      inPage('webgl', 'webgl', 'setup-webgl', { exclude: ['test/jit/script.test.ts'] }),
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            // Of all sources: errors there fail the run, too.
            tsconfig: './tsconfig.json',
          },
        },
      },
    ].filter(isHere),
  },
});
