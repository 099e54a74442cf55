/** A function that stands for a user's own in messages. */
export function named<F extends (...args: never[]) => unknown>(like: { readonly name: string }, f: F): F {
  return Object.defineProperty(f, 'name', { value: like.name });
}
