import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../../src';
import { computesOnHost } from '../../src/core/hostValues';
import type { Equation, Program } from '../../src/core/program';
import { evaluate } from '../../src/interpreters/evaluate';
import { capture } from '../../src/jit/capture';
import {
  aliases,
  broadcasts,
  commonSubexpressions,
  constantFolding,
  deadCode,
  fusion,
  loops,
  outerProducts,
  transposes,
  type Pass,
} from '../../src/jit/passes';
import { split } from '../../src/jit/split';

type F = (...xs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** The kernels of a function's program after passes, and that it means the same as before. */
const after = (passes: Pass[], f: F, ...xs: tf.Tensor[]): string[] =>
  equationsAfter(passes, f, ...xs).map(({ kernel }) => kernel);

function equationsAfter(passes: Pass[], f: F, ...xs: tf.Tensor[]): readonly Equation[] {
  const body = (given: tf.Tensor[]): tf.Tensor[] => [f(...given)].flat();
  const captured = capture('test', xs, body);
  const program = passes.reduce<Program>((p, pass) => pass(p), captured.program);
  if (!program.equations.some(({ kernel }) => kernel === 'TractLoop')) {
    const [found, expected] = [evaluate(program, xs), body(xs)];
    found.forEach((t, i) =>
      t.dataSync().forEach((x, k) => expect(x).toBeCloseTo(expected[i]!.dataSync()[k]!, 5)),
    );
  }
  captured.dispose();
  return program.equations;
}
const x = (): tf.Tensor =>
  tf.tensor2d([
    [0.5, -1],
    [2, 3],
  ]);

describe('each pass keeps the meaning', () => {
  it('dead code', () =>
    tf.tidy(() => {
      const f: F = (a) => {
        tf.exp(tf.sin(a));
        return tf.cos(a);
      };
      expect(after([], f, x())).toEqual(['Sin', 'Exp', 'Cos']);
      expect(after([deadCode], f, x())).toEqual(['Cos']);
    }));

  it('common subexpressions, by kernel, inputs and attributes', () =>
    tf.tidy(() => {
      const f: F = (a) => [tf.add(tf.sin(a), tf.sin(a)), tf.sum(a, 0), tf.sum(a, 1), tf.sum(a, 0)];
      expect(after([commonSubexpressions], f, x())).toEqual(['Sin', 'Add', 'Sum', 'Sum']);
    }));

  it('aliases: what changes nothing, and chains of reshapes', () =>
    tf.tidy(() => {
      const f: F = (a) =>
        tf.reshape(tf.reshape(tf.transpose(tf.clone(tf.cast(a, 'float32')), [0, 1]), [4]), [1, 4]);
      expect(after([aliases, deadCode], f, x())).toEqual(['Reshape']);
    }));

  it('aliases: reductions of one element each are reshapes, and no others', () =>
    tf.tidy(() => {
      const one = tf.reshape(x(), [1, 4, 1]);
      const f: F = (a) => [tf.sum(a, 0), tf.mean(a, [0, 2], true), tf.max(a, 2)];
      expect(after([aliases, deadCode], f, one)).toEqual(['Reshape', 'Reshape']);
      expect(after([aliases], (a) => [tf.sum(a, 1), tf.min(a)], one)).toEqual(['Sum', 'Min']);
    }));

  it('outer products: of a column and a row of matrices, turned or not', () =>
    tf.tidy(() => {
      const f: F = (a, b) => [
        tf.matMul(a, b, true),
        tf.matMul(a, b, true, false),
        tf.matMul(tf.transpose(a), tf.transpose(b), false, true),
        tf.matMul(tf.reshape(a, [2, 1, 2]), tf.reshape(b, [1, 4, 1]), true, true),
      ];
      const [a, b] = [tf.tensor2d([[0.5, -1, 2, 3]]), tf.tensor2d([[2, 3, -4, 1]])];
      expect(after([outerProducts], f, a, b).filter((k) => k === 'BatchMatMul')).toEqual([]);
      const inner: F = (u, v) => tf.matMul(u, v, false, true);
      expect(after([outerProducts], inner, a, b)).toEqual(['BatchMatMul']);
    }));

  it('broadcasts: what one kernel combines with a value of the whole shape is not repeated before', () =>
    tf.tidy(() => {
      const repeated = (t: tf.Tensor): tf.Tensor => tf.tile(t, [1, 3]);
      const [row, column] = [tf.tensor2d([[1, 2, 3]]), tf.tensor2d([[4], [5]])];
      const whole = tf.tensor2d([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      const centred: F = (a, w) => {
        const many = repeated(a);
        return tf.mul(w, tf.add(many, tf.mul(many, -0.5)));
      };
      expect(after([broadcasts, deadCode], centred, column, whole)).toEqual(['Multiply', 'Add', 'Multiply']);
      // The other operand would be repeated no more.
      expect(after([broadcasts, deadCode], (a, b) => tf.sub(repeated(a), b), column, row)).toEqual([
        'Tile',
        'Sub',
      ]);
      expect(after([broadcasts, deadCode], (a) => tf.sub(repeated(a), 1), column)).toEqual(['Tile', 'Sub']);
      // More than one of each.
      expect(
        after([broadcasts, deadCode], (a, w) => tf.add(tf.tile(a, [2, 1]), tf.tile(w, [2, 1])), row, row),
      ).toContain('Tile');
      const double: F = (a, w) => tf.add(tf.tile(a, [1, 2]), tf.tile(w, [1, 2]));
      expect(after([broadcasts, deadCode], double, whole, whole)).toEqual(['Tile', 'Tile', 'Add']);
    }));

  it('constant folding: equal constants are one, neutral operands go', () =>
    tf.tidy(() => {
      // Constants in a graphics card's memory are not read back for it. These are not there yet, and webgpu keeps them on the host so long.
      const isRead = computesOnHost(tf.getBackend()) || tf.getBackend() === 'webgpu';
      const twice: F = (a) => tf.add(tf.mul(a, 2), tf.mul(a, tf.scalar(2)));
      const different = ['Multiply', 'Multiply', 'Add'];
      expect(after([commonSubexpressions], twice, x())).toEqual(different);
      expect(after([constantFolding, commonSubexpressions], twice, x())).toEqual(
        isRead ? ['Multiply', 'Add'] : different,
      );
      const neutral: F = (a) => tf.div(tf.sub(tf.mul(1, tf.add(tf.add(a, 0), tf.zeros([2]))), 0), 1);
      expect(after([constantFolding], neutral, x())).toEqual(
        isRead ? [] : ['Add', 'Add', 'Multiply', 'Sub', 'RealDiv'],
      );
      const kept: F = (a) => [
        tf.sub(0, a),
        tf.div(1, a),
        tf.add(a, tf.zeros([3, 1, 1])),
        tf.mul(a, 2),
        tf.add(a, 1),
      ];
      expect(after([constantFolding], kept, x())).toEqual(['Sub', 'RealDiv', 'Add', 'Multiply', 'Add']);
    }));

  it('variables are no constants: their values change', () => {
    const v = tf.tidy(() => tf.variable(tf.scalar(1)));
    tf.tidy(() => {
      expect(after([constantFolding], (a) => tf.mul(a, v), x())).toEqual(['Multiply']);
    });
    v.dispose();
  });

  it('fusion, where nothing else reads the values between', () =>
    tf.tidy(() => {
      const b = tf.tensor1d([1, -2]);
      const matrix = (a: tf.Tensor): tf.Tensor => tf.reshape(a, [1, 2, 2]);
      const fused = after(
        [deadCode, fusion],
        (a) => tf.relu(tf.add(tf.matMul(matrix(a), matrix(a)), b)),
        x(),
      );
      expect(fused.filter((kernel) => kernel !== 'Reshape')).toEqual(['_FusedMatMul']);
      const read: F = (a) => {
        const y = tf.matMul(matrix(a), matrix(a));
        return [tf.add(y, b), y];
      };
      expect(after([deadCode, fusion], read, x())).toContain('BatchMatMul');
    }));

  it('loops, one for each run of elementwise calls of a shape', () =>
    tf.tidy(() => {
      const f: F = (a) => {
        const y = tf.mul(tf.tanh(tf.add(a, 1)), a);
        return tf.sub(tf.exp(y), tf.sum(y, 1, true));
      };
      expect(after([loops()], f, x())).toEqual(['TractLoop', 'Sum', 'TractLoop']);
    }));

  it('a split gives the later part what it reads', () =>
    tf.tidy(() => {
      const f: F = (a, late) => [tf.sin(a), tf.mul(tf.cos(a), tf.add(late, tf.exp(a)))];
      const [a, late] = [x(), tf.ones([2, 2])];
      const captured = capture('test', [a, late], (given) => f(...given) as tf.Tensor[]);
      const { program } = captured;
      const parts = split(program, [program.inputs[1]!], 1);
      const [y, ...residuals] = evaluate(parts.early, [a]);
      const [z] = evaluate(parts.late, [...residuals, late]);
      const [expectedY, expectedZ] = f(a, late) as tf.Tensor[];
      expect(Array.from(y!.dataSync())).toEqual(Array.from(expectedY!.dataSync()));
      expect(Array.from(z!.dataSync())).toEqual(Array.from(expectedZ!.dataSync()));
      expect(residuals.length).toBe(2);
      captured.dispose();
    }));
});

describe('transposes', () => {
  const a = (): tf.Tensor => tf.reshape(tf.linspace(-1, 1, 6), [2, 3]);
  const b = (): tf.Tensor => tf.reshape(tf.linspace(0, 2, 12), [3, 4]);
  const passes: Pass[] = [aliases, transposes, aliases, deadCode];
  const t = (x: tf.Tensor): tf.Tensor => tf.transpose(x);

  it.each<[string, F]>([
    ['of operands', (x, y) => tf.matMul(t(t(x!)), y!)],
    ['of the left operand', (x, y) => tf.matMul(t(tf.neg(x!)), t(y!), true, true)],
    ['of the product', (x, y) => t(tf.matMul(x!, y!))],
    ['of all', (x, y) => t(tf.matMul(t(y!), t(x!)))],
    ['of stacks', (x, y) => tf.transpose(tf.matMul(tf.stack([x!, x!]), tf.stack([y!, y!])), [0, 2, 1])],
  ])('%s', (_, f) => {
    tf.tidy(() => {
      const kernels = after(passes, f, a(), b());
      expect(kernels.filter((kernel) => kernel === 'Transpose')).toEqual([]);
      expect(kernels.filter((kernel) => kernel === 'BatchMatMul')).toHaveLength(1);
    });
  });

  // As in attention: keys become columns, their gradient rows again.
  it.each<[string, F]>([
    ['before a product', (q, k) => tf.matMul(q!, tf.transpose(k!, [0, 2, 3, 1]))],
    [
      'before one, reshaped between',
      (q, k) => {
        const columns = tf.reshape(tf.transpose(k!, [0, 2, 3, 1]), [6, 5, 4]);
        return tf.matMul(tf.reshape(q!, [6, 2, 5]), columns);
      },
    ],
    ['after one', (q, k) => tf.transpose(tf.matMul(q!, tf.transpose(k!, [0, 2, 3, 1])), [0, 3, 1, 2])],
    [
      'after one, reshaped between',
      (q, k) => {
        const scores = tf.matMul(q!, tf.transpose(k!, [0, 2, 3, 1]));
        return tf.transpose(tf.reshape(scores, [6, 2, 4]), [2, 0, 1]);
      },
    ],
  ])('of several axes keep rows whole %s', (_, f) => {
    tf.tidy(() => {
      const [q, k] = [tf.linspace(-1, 1, 60), tf.linspace(0, 2, 120)];
      const equations = equationsAfter(passes, f, tf.reshape(q, [2, 3, 2, 5]), tf.reshape(k, [2, 4, 3, 5]));
      const perms = equations.flatMap(({ kernel, attrs }) =>
        kernel === 'Transpose' ? [attrs.perm as number[]] : [],
      );
      for (const perm of perms) expect(perm.at(-1)).toBe(perm.length - 1);
      expect(perms.length).toBeGreaterThan(0);
    });
  });

  it('of complex matrices stay: a flag would take conjugates on some backends', () => {
    tf.tidy(() => {
      const z = { shape: [2, 3], dtype: 'complex64' as const };
      const captured = capture('test', [z, z], ([x, y]) => [tf.matMul(x!, t(y!))]);
      expect(transposes(captured.program).equations).toEqual(captured.program.equations);
      captured.dispose();
    });
  });

  it('stay where the product is read as it is, too', () => {
    tf.tidy(() => {
      const f: F = (x, y) => {
        const z = tf.matMul(x!, y!);
        return [z, t(z)];
      };
      expect(after(passes, f, a(), b())).toContain('Transpose');
    });
  });

  it('that move other axes stay, and two are one', () => {
    tf.tidy(() => {
      const f: F = (x) => tf.transpose(tf.transpose(tf.reshape(x!, [1, 2, 3]), [2, 0, 1]), [1, 0, 2]);
      expect(after(passes, f, a()).filter((kernel) => kernel === 'Transpose')).toHaveLength(1);
    });
  });
});
