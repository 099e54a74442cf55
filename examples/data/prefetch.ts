/**
 * Asks a source for items before they are wanted: up to `ahead` of them are under way while the one before is used. It pays where the source
 * waits for something else than this thread, such as a disk or sharp's decoders.
 *
 * @throws whatever the source throws, in its turn
 */
export async function* prefetch<T>(tasks: Iterable<() => Promise<T>>, ahead: number): AsyncGenerator<T> {
  const pending: Promise<T>[] = [];
  for (const task of tasks) {
    const started = task();
    started.catch(() => {}); // reported when its turn comes, and not before
    pending.push(started);
    if (pending.length > ahead) yield await pending.shift()!;
  }
  for (const rest of pending) yield await rest;
}
