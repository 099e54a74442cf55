import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from './engine';
import { share } from './share';

type Owned = Tensor & { kept: boolean; scopeId: number };

/** Whether nobody but the innermost open scope knows the tensor yet. */
function isFresh(tensor: Tensor): boolean {
  const scope = engine().state.activeScope;
  const { kept, scopeId } = tensor as Owned;
  return scope !== undefined && !kept && scopeId === scope.id;
}

/**
 * Tensors that a transformation keeps alive across tidy scopes, with reference counts. A tensor in here is `kept`, so that no scope
 * disposes it; it is disposed when its last holder lets go, or handed to the caller's scope.
 */
export class Holdings {
  private readonly counts = new Map<Tensor, number>();

  /** Holds a tensor once more. One that somebody else may dispose is cloned (no copy of data); the held tensor is returned. */
  hold(tensor: Tensor): Tensor {
    const count = this.counts.get(tensor);
    if (count !== undefined) {
      this.counts.set(tensor, count + 1);
      return tensor;
    }
    const own = (isFresh(tensor) ? tensor : share(tensor)) as Owned;
    own.kept = true;
    this.counts.set(own, 1);
    return own;
  }

  release(tensor: Tensor): void {
    const count = this.counts.get(tensor);
    if (count === undefined) return;
    if (count > 1) this.counts.set(tensor, count - 1);
    else {
      this.counts.delete(tensor);
      (tensor as Owned).kept = false;
      tensor.dispose();
    }
  }

  /** Lets go of a tensor and gives it to the caller, still kept: see `handOver`. Somebody else's is cloned. */
  take(tensor: Tensor): Tensor {
    if (this.counts.get(tensor) === 1) {
      this.counts.delete(tensor);
      return tensor;
    }
    this.release(tensor);
    return detach(tensor);
  }

  /** Lets go of all tensors: the scope that is open now has them. */
  handOverAll(): void {
    handOver([...this.counts.keys()]);
    this.counts.clear();
  }

  releaseAll(): void {
    for (const tensor of this.counts.keys()) {
      (tensor as Owned).kept = false;
      tensor.dispose();
    }
    this.counts.clear();
  }
}

/** Ends the keeping of tensors and gives them to the scope that is open now, as if an op had just made them. */
export function handOver<T extends Tensor>(tensors: readonly T[]): void {
  const eng = engine();
  for (const tensor of tensors) {
    (tensor as unknown as Owned).kept = false;
    eng.track(tensor);
  }
}

/** A tensor that outlives the scopes open now, until `handOver`: the tensor itself where it is fresh, else a clone. */
export function detach(tensor: Tensor): Tensor {
  const own = (isFresh(tensor) ? tensor : share(tensor)) as Owned;
  own.kept = true;
  return own;
}
