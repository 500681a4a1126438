import { unchecked } from "@stiffnet/kernels/unchecked";
import type { LoadedNetwork } from "./loaded-network.ts";
import type { PenaltyPass } from "./penalty-pass.ts";
import type { Table } from "./table.ts";
import type { Loss } from "./training-engine.ts";

/** L of a batch, and its gradient, chunk by chunk. */
interface BatchLoss {
  /** dL/d(parameters) is `scale` times the gradient: the root's factor is known only when all chunks are
   *  done. */
  readonly scale: number;
  /** Rows order[from..to) of the table. The same object is returned each time. */
  run(table: Table, order: Uint32Array, from: number, to: number, horizon: number): Loss;
}

export function createBatchLoss(loaded: LoadedNetwork, penalty: PenaltyPass | undefined): BatchLoss {
  const { network, solver, expansion, capacity } = loaded;
  const { call, arena } = unchecked(loaded.kernels);
  const rows = arena.uint32(capacity);
  const chunkGradient = arena.float32(network.gradient.length);
  const result = { loss: 0, squares: 0, penaltySum: 0, penaltySquares: 0, count: 0, unsolved: 0 };
  let scale = 0;

  const addChunk = (table: Table, order: Uint32Array, at: number, batch: number, first: boolean): void => {
    const numbers = rows.array;
    for (let i = 0; i < batch; i++) numbers[i] = order[at + i]!;
    loaded.load(table, rows, batch);
    solver.forward();
    result.unsolved += solver.unsolved;
    result.squares += call.residual(network.struct);
    penalty?.evaluate(order, at, result);
    network.setGradient(first ? network.gradient : chunkGradient);
    solver.backward();
    if (!first) call.addScaled({ y: network.gradient, x: chunkGradient, a: 1, size: chunkGradient.length });
    penalty?.addToNetwork();
  };
  return {
    get scale() {
      return scale;
    },
    run(table, order, from, to, horizon) {
      result.squares = result.penaltySum = result.penaltySquares = result.unsolved = 0;
      result.count = to - from;
      loaded.begin(horizon, penalty !== undefined);
      penalty?.begin();
      for (let at = from; at < to; at += capacity) {
        addChunk(table, order, at, Math.min(capacity, to - at), at === from);
      }
      expansion.contract();
      penalty?.addToParameters();
      const total = result.squares + (penalty?.weight ?? 0) * result.penaltySquares;
      result.loss = Math.sqrt(total / result.count);
      // The root has no derivative at 0. The derivative 0 is used: the network has nothing left to learn
      // there.
      scale = result.loss === 0 ? 0 : 1 / (result.count * result.loss);
      return result;
    },
  };
}
