import { whole } from "@stiffnet/base";
import { ConfigError, requireOptions, ShapeError } from "./errors.ts";
import { type AdamOptions, adamChecks, type Rows, type TrainingEngine } from "./training-engine.ts";

const stepNumber = whole(1);

/** An engine that refuses, before it computes, what would read outside of its arrays: rows that a table does
 *  not have, tables of other engines, arrays of other lengths. Every engine goes through it, since native
 *  code would read on and give a wrong number, or end the process.
 *
 *  size: the number of its parameters; who: what complains. */
export function guarded<E extends TrainingEngine>(engine: E, size: number, who = "engine"): E {
  const { config } = engine;
  /** The tables of this engine: whether each has outputs. */
  const tables = new WeakMap<Rows, boolean>();
  let visiting = false;
  let adam: AdamOptions | undefined;
  const requireTable = (table: Rows, withOutputs: boolean): void => {
    const hasOutputs = tables.get(table);
    if (hasOutputs === undefined)
      throw new ConfigError(`${who}: the table is not of this engine's own table()`);
    if (withOutputs && !hasOutputs) {
      throw new ShapeError(`${who}: the table has no outputs, expected them to compare with`);
    }
  };
  const checked: Pick<TrainingEngine, "write" | "table" | "lossAndGradient" | "step" | "forward"> = {
    write(state) {
      for (const field of ["parameters", "first", "second"] as const) {
        const values = state[field];
        if (values === undefined && field !== "parameters") continue;
        if (values?.length !== size) {
          throw new ShapeError(`${who}: ${values?.length ?? "no"} values in ${field}, expected ${size}`);
        }
      }
      engine.write(state);
    },
    table(inputs, outputs) {
      // A chunk's arrays are views of memory that a new table may move.
      if (visiting)
        throw new ConfigError(`${who}: table() is called during a visit, expected it before or after`);
      const count = inputs.length / config.inputs;
      if (!Number.isInteger(count)) {
        throw new ShapeError(`${who}: ${inputs.length} input values are not rows of ${config.inputs} inputs`);
      }
      if (outputs && outputs.length !== count * config.outputs) {
        throw new ShapeError(
          `${who}: ${outputs.length} output values, expected ${count} rows of ${config.outputs} outputs`,
        );
      }
      const table = engine.table(inputs, outputs);
      tables.set(table, outputs !== undefined);
      return table;
    },
    lossAndGradient(table, order, from, to, horizon = config.horizon) {
      requireTable(table, true);
      if (!(order instanceof Uint32Array))
        throw new ShapeError(`${who}: order is not a Uint32Array of row numbers`);
      const span =
        whole(0, order.length - 1).fault("from", from) ?? whole(from + 1, order.length).fault("to", to);
      if (span !== undefined) throw new ConfigError(`${who}: ${span}`);
      for (let i = from; i < to; i++) {
        if (order[i]! >= table.count) {
          throw new ShapeError(
            `${who}: order[${i}] is row ${order[i]}, expected 0 to ${table.count - 1}: the table has ${table.count} rows`,
          );
        }
      }
      if (!(horizon > 0 && horizon < Number.POSITIVE_INFINITY)) {
        throw new ConfigError(`${who}: horizon is ${horizon}, expected a positive number`);
      }
      return engine.lossAndGradient(table, order, from, to, horizon);
    },
    step(time, options) {
      const fault = stepNumber.fault("time", time);
      if (fault !== undefined) throw new ConfigError(`${who}: ${fault}`);
      // An epoch's steps have the same options.
      if (options !== adam) requireOptions(who, options, adamChecks);
      adam = options;
      engine.step(time, options);
    },
    forward(table, visit) {
      requireTable(table, false);
      visiting = true;
      try {
        engine.forward(table, visit);
      } finally {
        visiting = false;
      }
    },
  };
  return { ...engine, ...checked };
}
