import { dalec } from "../dalec/dalec.ts";
import { DatasetError } from "../errors.ts";
import { alpine01, alpine02 } from "./alpine.ts";
import { branin } from "./branin.ts";
import { borehole, wingWeight } from "./engineering.ts";
import { franke } from "./franke.ts";
import { ackley, rosenbrock } from "./optimisation.ts";
import { friedman, ishigami, sobolG, welch } from "./sensitivity.ts";
import type { TestFunction } from "./types.ts";

/** One test function of the table: its box, formula and source are those of what `create` gives. */
export interface TestFunctionEntry {
  /** Short description. */
  readonly words: string;
  /** The usual dimension of one that exists in many; absent where it has one alone. */
  readonly dimension?: number;
  create(dimension: number): TestFunction;
}

/** Every test function by its name: a row here is all that makes one known to commands. */
export const testFunctions: Readonly<Record<string, TestFunctionEntry>> = {
  alpine01: { words: "kinks and waves, a sum", dimension: 2, create: alpine01 },
  alpine02: { words: "kinks and waves, a product", dimension: 2, create: alpine02 },
  ackley: { words: "one deep well among many small ones", dimension: 2, create: ackley },
  rosenbrock: { words: "a curved, narrow valley", dimension: 2, create: rosenbrock },
  branin: { words: "three wells of one depth", create: branin },
  ishigami: { words: "strong interaction of few inputs", create: () => ishigami() },
  "sobol-g": { words: "eight inputs of falling importance", create: () => sobolG() },
  friedman: { words: "five inputs that matter, others that do not", dimension: 5, create: friedman },
  welch: { words: "twenty inputs, most of them weak", create: welch },
  franke: { words: "two peaks and a dip on a slope", create: franke },
  borehole: { words: "flow of water through a borehole", create: borehole },
  "wing-weight": { words: "weight of a light aircraft's wing", create: wingWeight },
  "dalec-site": { words: "carbon of a forest, one site", create: () => dalec({ ensemble: "site" }) },
  "dalec-global": { words: "carbon of a forest, global priors", create: () => dalec({ ensemble: "global" }) },
};

/** The test function of this name. Throws where there is none, or where it does not exist in this
 *  dimension. */
export function testFunction(name: string, dimension?: number): TestFunction {
  const entry = Object.hasOwn(testFunctions, name) ? testFunctions[name] : undefined;
  if (!entry) {
    throw new DatasetError(
      `there is no test function '${name}', expected one of ${Object.keys(testFunctions).join(", ")}`,
      { code: "no_such_function" },
    );
  }
  const made = entry.create(dimension ?? entry.dimension ?? 0);
  if (dimension === undefined || made.inputs.length === dimension) return made;
  throw new DatasetError(`${name}: dimension is ${dimension}, but it has ${made.inputs.length} inputs`, {
    code: "bad_dimension",
  });
}
