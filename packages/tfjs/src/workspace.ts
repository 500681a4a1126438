import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import type { StartedTensorFlow } from "./tensorflow.ts";

/** Tensors that outlive what made them, on one backend. */
export interface Workspace {
  /** Runs on this engine's backend, whichever others are in use in the process, and disposes of what is not
   *  held. */
  run<T>(compute: () => T): T;
  hold<T extends Tensor>(tensor: T): T;
  release(...tensors: Tensor[]): void;
  /** A held copy of the values, or zeros. */
  flat(size: number, values?: Float32Array): Tensor1D;
  valuesOf(tensor: Tensor): Float32Array;
  dispose(): void;
}

export function createWorkspace({ tf, backend }: StartedTensorFlow): Workspace {
  const held = new Set<Tensor>();
  const hold = <T extends Tensor>(tensor: T): T => {
    held.add(tf.keep(tensor));
    return tensor;
  };
  const release = (...tensors: Tensor[]): void => {
    for (const tensor of tensors) {
      held.delete(tensor);
      tensor.dispose();
    }
  };
  return {
    hold,
    release,
    run<T>(compute: () => T): T {
      // Nothing is awaited: the backend has started, and is set before the promise is returned.
      if (tf.getBackend() !== backend) void tf.setBackend(backend);
      let result: T;
      tf.tidy(() => {
        result = compute();
      });
      return result!;
    },
    flat: (size, values) => hold(values ? tf.tensor1d(Float32Array.from(values)) : tf.zeros([size])),
    valuesOf: (tensor) => tensor.dataSync<"float32">(),
    dispose: () => release(...held),
  };
}
