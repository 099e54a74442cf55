// Pages in a real browser: a static server and Chromium.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright';

/** scripts/setup/webgpu.sh installs it on Debian and Ubuntu. */
export const executablePath =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Shared with vitest.config.ts. */
const flags = JSON.parse(readFileSync(new URL('../support/chromium.json', import.meta.url), 'utf8'));

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * Serves a folder on a free port of this machine.
 *
 * @param isolated with the headers of a cross-origin isolated page, which may share memory between threads
 */
export function serve(folder, { isolated = false } = {}) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    let file = join(folder, path);
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      ...(isolated && {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      }),
    });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://localhost:${server.address().port}/`, close: () => server.close() }),
    );
  });
}

/**
 * Opens a page in Chromium, with WebGPU on its software driver.
 *
 * @returns the value of the promise that the page sets as `window.result`; rejects on an error of the page
 */
export async function open(url, { seconds = 120 } = {}) {
  if (!executablePath) throw new Error('no Chromium: scripts/setup/webgpu.sh installs it');
  const browser = await chromium.launch({
    executablePath,
    // Playwright's own headless mode is a browser of its own, which Debian does not package.
    headless: false,
    args: flags,
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(seconds * 1000);
    const broken = new Promise((_, reject) => page.on('pageerror', reject));
    page.on('console', (message) => console.log(`  page: ${message.text()}`));
    await page.goto(url);
    await Promise.race([broken, page.waitForFunction(() => window.result !== undefined)]);
    return await Promise.race([broken, page.evaluate(() => window.result)]);
  } finally {
    await browser.close();
  }
}
