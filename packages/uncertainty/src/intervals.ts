import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import { anyNumber, flag, instanceOf, listOf, needed, object, whole } from "@stiffnet/base";
import { checkOptions, requireFinite, UncertaintyError } from "./errors.ts";

/** Shares of the cases that intervals are calibrated for. */
export const intervalLevels: readonly number[] = [0.5, 0.8, 0.9, 0.95, 0.99];
/** The default level. */
export const usualLevel = 0.9;

/** What turns a spread into the half-width of a prediction interval: plain data, which travels with a model.
 *  */
export interface Calibration {
  /** Rows it was calibrated on. The prediction had not been trained on them. */
  readonly rows: number;
  /** Shares of the cases that an interval is to hold. */
  readonly levels: readonly number[];
  readonly outputs: readonly {
    /** Added to the spread in quadrature, in the output's unit: members may agree and be wrong. */
    readonly floor: number;
    /** One for each level; null where the rows are too few for it. */
    readonly factors: readonly (number | null)[];
    /** The floor and the spread are relative to the output, and the interval is from F / k to F k. */
    readonly logarithmic?: boolean;
  }[];
}

export interface CalibrationOptions {
  /** y - F(x) on calibration rows, row-major [rows, outputs], in the outputs' units; of a logarithmic output
   *  ln y - ln F(x). */
  readonly residuals: Float64Array;
  /** Standard deviation over the members at these rows, alike; of a logarithmic output over F(x). Zeros of a
   *  single model. */
  readonly spreads: Float64Array;
  readonly outputs: number;
  /** One flag for each output: its errors are relative, so that its interval is F(x) / k to F(x) k. */
  readonly logarithmic?: readonly boolean[];
  readonly levels?: readonly number[];
}

/** Residuals and spreads for `calibrate`, from answers in physical units, row-major [rows, outputs]. They are
 *  y - F and the spread. A logarithmic output has ln y - ln F and the spread over F, and its residual is not
 *  finite if y or F is not positive. */
export function calibrationErrors({
  truths,
  means,
  spreads,
  logarithmic,
}: {
  readonly truths: Float64Array;
  readonly means: Float64Array;
  readonly spreads: Float64Array;
  readonly logarithmic: readonly boolean[];
}): Pick<CalibrationOptions, "residuals" | "spreads"> {
  const is = (i: number): boolean => logarithmic[i % logarithmic.length]!;
  return {
    residuals: truths.map((truth, i) => (is(i) ? ln(truth / means[i]!) : truth - means[i]!)),
    spreads: spreads.map((spread, i) => (is(i) ? spread / means[i]! : spread)),
  };
}

/** Split conformal prediction with normalised scores. Of every output,
 *
 *      floor = sqrt(mean r_i^2),   s_i = sqrt(spread_i^2 + floor^2),   q = the ceil((n + 1) level)-th
 *      smallest |r_i| / s_i,
 *
 *  so that y lies within F(x) +- q s(x) in at least `level` of the cases, whatever the model, as long as
 *  rows are exchangeable. The factor is null for a level that needs more rows than there are. It is 0 for an
 *  output whose residuals are all 0. A residual or spread that is not finite throws
 *  (`not_finite`).
 *  @see Papadopoulos, Proedrou, Vovk and Gammerman (2002); Lei, G'Sell, Rinaldo, Tibshirani and Wasserman
 *  (2018) */
export function calibrate(options: CalibrationOptions): Calibration {
  checkOptions("calibrate", options, {
    residuals: needed(instanceOf(Float64Array)),
    spreads: needed(instanceOf(Float64Array)),
    outputs: needed(whole(1)),
    logarithmic: listOf(flag),
    levels: listOf(anyNumber),
  });
  const { residuals, spreads, outputs, logarithmic, levels = intervalLevels } = options;
  const rows = residuals.length / outputs;
  if (!(Number.isInteger(rows) && rows > 0 && spreads.length === residuals.length)) {
    throw new UncertaintyError(
      `calibrate: ${residuals.length} residuals and ${spreads.length} spreads, expected the same number of both, and at least one row of ${outputs} outputs`,
      { code: "shape_mismatch" },
    );
  }
  if (logarithmic && logarithmic.length !== outputs) {
    throw new UncertaintyError(
      `calibrate: logarithmic has ${logarithmic.length} flags, expected one for each of ${outputs} outputs`,
      { code: "shape_mismatch" },
    );
  }
  requireFinite("calibrate: residual", residuals, outputs);
  requireFinite("calibrate: spread", spreads, outputs);
  const wrong = levels.find((level) => !(level > 0 && level < 1));
  if (wrong !== undefined) {
    throw new UncertaintyError(`calibrate: level is ${wrong}, expected above 0 and below 1`, {
      code: "bad_level",
    });
  }
  const columns = Array.from({ length: outputs }, (_, column) => {
    let squares = 0;
    for (let i = column; i < residuals.length; i += outputs) squares += residuals[i]! ** 2;
    const floor = Math.sqrt(squares / rows);
    const scores = Float64Array.from({ length: rows }, (_, row) => {
      const i = row * outputs + column;
      const residual = Math.abs(residuals[i]!);
      return residual === 0 ? 0 : residual / Math.hypot(spreads[i]!, floor);
    }).sort();
    const factors = levels.map((level) => {
      const rank = Math.ceil((rows + 1) * level - 1e-9);
      return rank > rows ? null : scores[rank - 1]!;
    });
    return { floor, factors, ...(logarithmic?.[column] && { logarithmic: true }) };
  });
  return { rows, levels, outputs: columns };
}

/** Checks the calibration in the metadata of the file `from`. Undefined if there is none. Metadata that are
 *  not a calibration of this number of outputs throw (`bad_calibration`). */
export function readCalibration(given: unknown, outputs: number, from: string): Calibration | undefined {
  if (given === undefined) return undefined;
  const wrong = (what: string): never => {
    throw new UncertaintyError(`${from}: its intervals ${what}`, { code: "bad_calibration" });
  };
  const isList = (list: unknown): list is readonly unknown[] => Array.isArray(list);
  const { rows, levels, outputs: columns } = (given ?? {}) as Readonly<Record<keyof Calibration, unknown>>;
  const between = (level: unknown): boolean => typeof level === "number" && level > 0 && level < 1;
  if (!(isList(levels) && levels.every(between)))
    return wrong("have no levels, expected numbers between 0 and 1");
  if (typeof rows !== "number") return wrong("do not say how many rows made them");
  if (!(isList(columns) && columns.length === outputs)) {
    return wrong(`have ${isList(columns) ? columns.length : "no"} outputs, expected ${outputs}`);
  }
  const isSize = (size: unknown): boolean => typeof size === "number" && size >= 0 && size < Infinity;
  columns.forEach((column, k) => {
    const { floor, factors, logarithmic } = (column ?? {}) as Readonly<
      Record<"floor" | "factors" | "logarithmic", unknown>
    >;
    const known = isList(factors) && factors.length === levels.length;
    if (!(isSize(floor) && known && factors.every((factor) => factor === null || isSize(factor)))) {
      wrong(`lack a floor and ${levels.length} factors of at least 0 for output ${k + 1}`);
    }
    if (logarithmic !== undefined && typeof logarithmic !== "boolean") {
      wrong(`do not say (as true or false) whether output ${k + 1} is logarithmic`);
    }
  });
  return given as Calibration;
}

/** The levels that a calibration had rows enough for. */
export function levelsOf({ levels, outputs }: Calibration): number[] {
  return levels.filter((_, k) => outputs.every(({ factors }) => factors[k] !== null));
}

/** Ends of intervals, row-major as the answers. */
export interface Intervals {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface IntervalOptions {
  /** What the model answers, row-major [rows, outputs], in physical units. */
  readonly means: ArrayLike<number>;
  /** Standard deviations over the members, in the same layout. Left out for a single model. */
  readonly spreads?: ArrayLike<number> | undefined;
  readonly level: number;
  /** Distance of each row from the training box, by `outsideBox`. */
  readonly outside?: ArrayLike<number> | undefined;
}

/** Intervals about answers F: from F - w to F + w with w = q s(x) (1 + outside). For a logarithmic output s
 *  is relative, and the interval goes from F exp(-w) to F exp(w). If the calibration had too few rows for
 *  the level, the ends are infinite (the lower end of a logarithmic output is 0). Throws for a level that
 *  the calibration does not hold. */
export function intervalsOf(calibration: Calibration, options: IntervalOptions): Intervals {
  checkOptions("intervalsOf", options, {
    means: needed(object),
    level: needed(anyNumber),
    spreads: object,
    outside: object,
  });
  const { means, spreads, level, outside } = options;
  const { outputs, levels } = calibration;
  const at = levels.indexOf(level);
  if (at < 0) {
    throw new UncertaintyError(`intervalsOf: level is ${level}, expected one of ${levels.join(", ")}`, {
      code: "bad_level",
    });
  }
  const rows = means.length / outputs.length;
  const asMany = (list: ArrayLike<number> | undefined, many: number) => (list?.length ?? many) === many;
  if (!(Number.isInteger(rows) && asMany(spreads, means.length) && asMany(outside, rows))) {
    throw new UncertaintyError(
      `intervalsOf: ${means.length} means, ${spreads?.length ?? "no"} spreads and ${outside?.length ?? "no"} distances, expected whole rows of ${outputs.length} outputs, as many spreads and a distance for each row`,
      { code: "shape_mismatch" },
    );
  }
  const [low, high] = [new Float64Array(means.length), new Float64Array(means.length)];
  for (let i = 0; i < means.length; i++) {
    const { floor, factors, logarithmic = false } = outputs[i % outputs.length]!;
    const [mean, spread] = [means[i]!, spreads?.[i] ?? 0];
    const factor = factors[at] ?? Number.POSITIVE_INFINITY;
    // A logarithmic output that has become 0 by rounding has no relative spread.
    const relative = mean > 0 ? spread / mean : 0;
    const size = Math.hypot(logarithmic ? relative : spread, floor);
    const width = factor === 0 ? 0 : factor * size * (1 + (outside?.[Math.floor(i / outputs.length)] ?? 0));
    low[i] = logarithmic ? mean * exp(-width) : mean - width;
    high[i] = logarithmic ? mean * exp(width) : mean + width;
  }
  return { low, high };
}

/** How far each row lies outside a box: the largest excess over its sides, in lengths of that side; 0
 *  inside. Past a side of no length any excess counts as 1. A value that is not finite throws
 *  (`not_finite`). rows: row-major [rows, box.length]. */
export function outsideBox(
  rows: Float64Array,
  box: readonly (readonly [low: number, high: number])[],
): Float64Array {
  requireFinite("outsideBox: input", rows, box.length);
  const outside = new Float64Array(rows.length / box.length);
  rows.forEach((x, i) => {
    const [low, high] = box[i % box.length]!;
    const excess = Math.max(low - x, x - high);
    if (!(excess > 0)) return;
    const row = Math.floor(i / box.length);
    outside[row] = Math.max(outside[row]!, high > low ? excess / (high - low) : 1);
  });
  return outside;
}

/** The training box of inputs with these ranges. Undefined if an input lacks a range: then no row counts as
 *  outside. */
export function boxOf(
  inputs: readonly { readonly range?: readonly [low: number, high: number] | undefined }[],
): (readonly [low: number, high: number])[] | undefined {
  const box = inputs.flatMap(({ range }) => (range ? [range] : []));
  return box.length === inputs.length ? box : undefined;
}

/** `intervalsOf` answers to rows of inputs, row-major [rows, inputs.length], wider outside their box. */
export function intervalsAt(
  calibration: Calibration,
  {
    inputs,
    rows,
    ...answers
  }: Omit<IntervalOptions, "outside"> & {
    readonly inputs: Parameters<typeof boxOf>[0];
    readonly rows: ArrayLike<number>;
  },
): Intervals {
  const box = boxOf(inputs);
  const outside = box && outsideBox(Float64Array.from(rows), box);
  return intervalsOf(calibration, { ...answers, outside });
}
