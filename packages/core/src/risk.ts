import type { Engine, Table } from "./engine.ts";

/** RMSE over samples and outputs, on prepared outputs. */
export function riskOn(engine: Engine, table: Table): number {
  let squares = 0;
  engine.forward(table, (chunk) => {
    squares += chunk.squares;
  });
  return Math.sqrt(squares / (table.count * engine.config.outputs));
}
