import { unchecked } from "@stiffnet/kernels/unchecked";
import type { LoadedNetwork } from "./loaded-network.ts";
import {
  bindPenalty,
  type Penalty,
  type PenaltyChunk,
  type PenaltyEvaluator,
  type PenaltyGradient,
} from "./penalty.ts";

/** A chunk, and where its gradient is added. */
interface OwnChunk extends PenaltyChunk {
  readonly gradSlopes: Float32Array;
  readonly gradient: PenaltyGradient;
}

/** A penalty on the chunks of an engine: its sums over samples, and its gradient. */
export interface PenaltyPass {
  readonly weight: number;
  readonly evaluator: PenaltyEvaluator;
  /** Before the first chunk of a batch. */
  begin(): void;
  /** Adds p_i and p_i^2 of the chunk to the sums; writes the gradient of weight / 2 p_i^2 by the slopes. */
  evaluate(order: Uint32Array, from: number, sums: { penaltySum: number; penaltySquares: number }): void;
  /** Adds the gradient by the weights, after the network's backward pass. */
  addToNetwork(): void;
  /** Adds what is known at the parameters, when all chunks are contracted. */
  addToParameters(): void;
}

export function createPenaltyPass(penalty: Penalty, loaded: LoadedNetwork, rows: number): PenaltyPass {
  const { kernels, config, layout, network, expansion, plain, jacobians } = loaded;
  const { arena, call } = unchecked(kernels);
  const values = new Float32Array(network.capacity);
  const cotangent = new Float32Array(network.capacity);
  const evaluator = bindPenalty(penalty, { config, layout, kernels, capacity: network.capacity, rows });
  /** Gradient by the parameters, needed only if the weights are computed from parameters. */
  const gradient = arena.float32(plain ? 0 : layout.size);

  /** Views of the current chunk, made once a batch size (and again when the memory has moved). */
  const chunks = new Map<number, OwnChunk>();
  const currentChunk = (): OwnChunk => {
    const known = chunks.get(network.batch);
    if (known && known.parameters.buffer === network.parameters.array.buffer) return known;
    const views = jacobians();
    const all = network.gradient.array;
    const made = {
      parameters: expansion.parameters.array,
      jacobians: views,
      indices: new Uint32Array(network.batch),
      gradSlopes: network.gradSlopes.array.subarray(0, views.slopes.length),
      gradient: {
        parameters: plain ? all : gradient.array,
        weights: all.subarray(expansion.weights, expansion.weights + views.weights.length),
      },
    };
    chunks.set(network.batch, made);
    return made;
  };
  return {
    weight: penalty.weight,
    evaluator,
    begin() {
      if (!plain) gradient.array.fill(0);
    },
    evaluate(order, from, sums) {
      const chunk = currentChunk();
      for (let i = 0; i < network.batch; i++) chunk.indices[i] = order[from + i]!;
      evaluator.evaluate(chunk, values);
      for (let i = 0; i < network.batch; i++) {
        const p = values[i]!;
        sums.penaltySum += p;
        sums.penaltySquares += p * p;
        cotangent[i] = penalty.weight * p;
      }
      chunk.gradSlopes.fill(0);
      evaluator.pullbackSlopes(chunk, cotangent, chunk.gradSlopes);
    },
    addToNetwork() {
      evaluator.pullbackWeights(currentChunk().gradient);
    },
    addToParameters() {
      if (!plain) call.addScaled({ y: expansion.gradient, x: gradient, a: 1, size: gradient.length });
    },
  };
}
