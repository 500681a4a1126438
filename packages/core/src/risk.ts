import type { Rows, TrainingEngine } from "./training-engine.ts";

/** RMSE over samples and outputs, on prepared outputs. */
export function riskOn(engine: TrainingEngine, table: Rows): number {
  let squares = 0;
  engine.forward(table, (chunk) => {
    squares += chunk.squares;
  });
  return Math.sqrt(squares / (table.count * engine.config.outputs));
}
