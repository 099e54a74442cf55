import { transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { BatchCall } from '../../core/rule';
import { Jitted } from '../../jit/jitted';
import { withBatch } from '../../rules/families/batching';
import { fixpoint } from './dependence';
import { open } from './open';
import type { ScanAttrs } from './scan';

/** One loop over whole batches. What no mapped input reaches (a counter, say) stays as it is inside. */
export function batchScan(
  { inputs, size, attrs }: BatchCall,
  scan: (inputs: Tensor[], attrs: ScanAttrs) => Tensor[],
): Tensor[] {
  const given = attrs as ScanAttrs;
  const { body, constants, carries } = given;
  const list = Object.values(inputs);
  const mapped = fixpoint(
    body.program,
    list.map(({ batched }) => batched),
    constants,
    carries,
  );
  const whole = open(body.batched(size, mapped.inputs, mapped.outputs).program);
  const values = list.map((input, i) => {
    if (i >= constants + carries) return input.batched ? swapFirst(input.value) : input.value;
    return mapped.inputs[i] ? withBatch(input, size) : input.value;
  });
  const results = scan([...whole.constants, ...values], {
    ...given,
    body: new Jitted(body.name, whole.program),
    constants: whole.constants.length + constants,
  });
  body.dispose();
  return results.map((value, i) => {
    const batched = mapped.outputs[i]!;
    return withBatch({ value: i >= carries && batched ? swapFirst(value) : value, batched }, size);
  });
}

/** The loop's axis and the mapped axis change places. */
function swapFirst(t: Tensor): Tensor {
  return transpose(t, [1, 0, ...t.shape.slice(2).map((_, i) => i + 2)]);
}
