import fc from 'fast-check';

/** Any tree over integers with every kind of container; empty ones and odd keys included. */
export function anyTree(leaf: fc.Arbitrary<unknown> = fc.integer()): fc.Arbitrary<unknown> {
  const key = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom('__proto__', 'constructor', '0', 'length'),
  );
  return fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: false }),
      fc.array(fc.tuple(fc.integer(), tie('tree')), { maxLength: 3 }).map((entries) => new Map(entries)),
    ),
  })).tree;
}
