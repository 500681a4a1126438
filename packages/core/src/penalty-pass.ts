import type { Block } from "@stiffnet/kernels";
import type { LoadedNetwork } from "./loaded-network.ts";
import type { Penalty, PenaltyChunk, PenaltyEvaluator, PenaltyGradient } from "./penalty.ts";

/** A chunk, where its gradient is added, and where the rest of a pullback in two steps is. */
type OwnChunk = PenaltyChunk & {
  readonly gradient: PenaltyGradient;
  readonly rest: Pick<PenaltyGradient, "weights" | "parameters">;
};

/** A penalty on the chunks of an engine: its sums over samples, and its gradient. */
export interface PenaltyPass {
  readonly weight: number;
  readonly evaluator: PenaltyEvaluator;
  /** Before the first chunk of a batch. */
  begin(): void;
  /** Adds p_i and p_i^2 of the chunk to the sums, and computes the gradient of weight / 2 p_i^2. */
  evaluate(order: Uint32Array, from: number, sums: { penaltySum: number; penaltySquares: number }): void;
  /** Adds what is known at the network's own weights, behind its backward pass. */
  addToNetwork(): void;
  /** Adds what is known at the parameters, when all chunks are contracted. */
  addToParameters(): void;
}

export function createPenaltyPass(penalty: Penalty, loaded: LoadedNetwork, rows: number): PenaltyPass {
  const { kernels, config, layout, network, expansion, plain, jacobians } = loaded;
  const { arena, call } = kernels;
  const values = new Float32Array(network.capacity);
  const cotangent = new Float32Array(network.capacity);
  const evaluator = penalty.bind({ config, layout, kernels, capacity: network.capacity, rows });
  const inTwo = evaluator.pullbackRest !== undefined;
  const squareSize = jacobians().weights.length;
  const gradient = arena.float32(plain && inTwo ? 0 : layout.size);
  const ownWeights = arena.float32(plain || inTwo ? 0 : squareSize);
  const weightsIn = (flat: Float32Array): Float32Array =>
    flat.subarray(expansion.weights, expansion.weights + squareSize);

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
      gradient: {
        parameters: gradient.array,
        slopes: network.gradSlopes.array.subarray(0, views.slopes.length),
        weights: plain && !inTwo ? weightsIn(gradient.array) : ownWeights.array,
      },
      rest: { parameters: plain ? all : gradient.array, weights: weightsIn(all) },
    };
    chunks.set(network.batch, made);
    return made;
  };
  const add = (sum: Block, at: number, term: Block): void =>
    call.addScaled({ y: sum.at(at), x: term, a: 1, size: term.length });

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
      chunk.gradient.slopes.fill(0);
      ownWeights.array.fill(0);
      if (plain) gradient.array.fill(0);
      evaluator.pullback(chunk, cotangent, chunk.gradient);
    },
    addToNetwork() {
      if (evaluator.pullbackRest) evaluator.pullbackRest(currentChunk().rest);
      else if (plain) add(network.gradient, 0, gradient);
      else add(network.gradient, expansion.weights, ownWeights);
    },
    addToParameters() {
      if (!plain) add(expansion.gradient, 0, gradient);
    },
  };
}
