import { eye, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import { isDifferentiable } from '../core/rule';
import { toFloat } from '../core/values';
import { unflatten, type TreeDef } from '../tree';
import { refusePromise, resolveArgnums, splitAux, type Argnums } from './arguments';
import { pickArguments } from './chosen';
import { pushAlong } from './jvp';
import { flattenOutput, outputPath } from './output';
import { transformed } from './results';
import { vjpWithAux } from './vjp';
import { vmap } from './vmap';

/** A function of the differentiated arguments' leaves only, with flat outputs; what `jacrev` and `jacfwd` share. */
export interface Flat {
  readonly transform: string;
  readonly name: string;
  readonly primals: Tensor[];
  /** Structure of the array of differentiated arguments. */
  readonly structure: TreeDef;
  readonly single: boolean;
  /** Outputs' leaves, and what to do with the rest. */
  readonly f: (...leaves: Tensor[]) => readonly [Tensor[], unknown];
  readonly out: () => TreeDef;
}

/** The Jacobian as rows of a map: `compute` returns, for each output leaf and each input leaf, `[...output, ...input]`. */
export function jacobian(
  transform: string,
  name: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  argnums: Argnums,
  hasAux: boolean,
  compute: (flat: Flat) => { blocks: Tensor[][]; aux: unknown },
): unknown {
  const positions = resolveArgnums(name, argnums, args.length);
  return transformed(name, () => {
    const { leaves, structure, where, withLeaves } = pickArguments(name, args, positions);
    const primals = leaves.map((leaf, i) => toFloat(leaf, () => where(i), transform));
    primals.forEach((primal, i) => assertReal(primal, () => `${where(i)}: ${transform} takes real numbers`));
    let out!: TreeDef;
    const call = f as (...args: unknown[]) => unknown;
    const flat: Flat = {
      transform,
      name,
      primals,
      structure,
      single: typeof argnums === 'number',
      f: (...xs) => {
        const result = call(...withLeaves(xs));
        refusePromise(name, result);
        const [y, aux] = hasAux ? splitAux(name, result) : [result, null];
        const flatOut = flattenOutput(name, y);
        out = flatOut.structure;
        flatOut.leaves.forEach((leaf, i) => {
          if (!isDifferentiable(leaf)) {
            throw new TypeError(
              `${name}: ${outputPath(y, i)}: ${transform} requires float outputs, got ${describeAval(leaf)}.`,
            );
          }
          assertReal(leaf, () => `${name}: ${outputPath(y, i)}: ${transform} requires real outputs`);
        });
        return [flatOut.leaves, aux] as const;
      },
      out: () => out,
    };
    const { blocks, aux } = compute(flat);
    const tree = unflatten(
      out,
      blocks.map((row) => {
        const perArgument = unflatten(structure, row) as unknown[];
        return flat.single ? perArgument[0] : perArgument;
      }),
    );
    return hasAux ? [tree, aux] : tree;
  });
}

/** The Jacobian of a complex function is no matrix of one number per entry unless the function is holomorphic. */
function assertReal(leaf: Tensor, what: () => string): void {
  if (leaf.dtype !== 'complex64') return;
  throw new TypeError(`${what()}, got ${describeAval(leaf)}. Split it with tf.real and tf.imag.`);
}

/** Unit vectors for all entries of these tensors together: for each tensor `[total, ...shape]`. */
function basis(like: readonly Tensor[]): { vectors: Tensor[]; total: number } {
  const total = like.reduce((n, t) => n + t.size, 0);
  const identity = eye(total);
  let offset = 0;
  const vectors = like.map((t) => {
    const columns = slice(identity, [0, offset], [total, t.size]);
    offset += t.size;
    return reshape(columns, [total, ...t.shape]);
  });
  return { vectors, total };
}

/** Rows of the Jacobian by pullbacks of unit cotangents, all at once. */
export function byPullback({ f, primals }: Flat): { blocks: Tensor[][]; aux: unknown } {
  const [ys, pullback, aux] = vjpWithAux(f as (...xs: Tensor[]) => readonly [Tensor[], unknown], ...primals);
  const { vectors } = basis(ys);
  const rows = vmap((ct: Tensor[]) => pullback(ct as never) as Tensor[])(vectors);
  pullback.dispose();
  let offset = 0;
  const blocks = ys.map((y) => {
    const row = rows.map((r, k) =>
      reshape(slice(r, [offset, ...primals[k]!.shape.map(() => 0)], [y.size, ...primals[k]!.shape]), [
        ...y.shape,
        ...primals[k]!.shape,
      ]),
    );
    offset += y.size;
    return row;
  });
  return { blocks, aux };
}

/** Columns of the Jacobian by push-forwards of unit tangents, all at once. */
export function byPushForward({ transform, name, f, primals }: Flat): { blocks: Tensor[][]; aux: unknown } {
  const { vectors } = basis(primals);
  let aux: unknown;
  const columns = vmap(
    (tangents: Tensor[]) => {
      const [, dy, extra] = pushAlong(transform, name, f, primals, tangents, true);
      aux = extra;
      return [dy as Tensor[], extra];
    },
    { outAxes: [-1, null] },
  )(vectors) as unknown as [Tensor[], unknown];
  aux = columns[1];
  const blocks = columns[0].map((c) => {
    const shape = c.shape.slice(0, -1);
    let offset = 0;
    return primals.map((x) => {
      const part = slice(c, [...shape.map(() => 0), offset], [...shape, x.size]);
      offset += x.size;
      return reshape(part, [...shape, ...x.shape]);
    });
  });
  return { blocks, aux };
}
