/** Backends that compute on the host, where reading a value waits for nothing. */
const ON_HOST = new Set(['cpu', 'wasm', 'tensorflow']);

export function computesOnHost(backendName: string): boolean {
  return ON_HOST.has(backendName);
}
