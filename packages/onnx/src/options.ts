import {
  type Check,
  counted,
  fields,
  flag,
  listOf,
  numbers,
  object,
  oneOf,
  positive,
  text,
} from "@stiffnet/base";
import { discretisationOf, type Model, type NeuralOdeConfig } from "@stiffnet/core";
import { preparedColumns } from "@stiffnet/preparation";
import { checkOptions, OnnxError } from "./errors.ts";
import type { RealType } from "./graph.ts";

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

export interface ExportOptions {
  /** Type of the tensors, in and out. float32 (default) runs everywhere; float64 keeps twice the digits of
   *  the arithmetic. */
  readonly dtype?: RealType;
  /** Facts about the model's making for the file: risks, stiffness, digest, seed, history... Written as
   *  JSON. */
  readonly metadata?: { readonly [key: string]: Json | undefined };
  /** Smallest and largest value of each input in the training set, in physical units. `rangesOf` of
   *  `@stiffnet/preparation` finds them. */
  readonly ranges?: readonly (readonly [number, number])[];
  readonly units?: { readonly inputs?: readonly string[]; readonly outputs?: readonly string[] };
  /** A sentence for whoever opens the file. */
  readonly description?: string;
  /** Adds dy/dx in physical units as the output `jacobian`, [batch, outputs, inputs]. */
  readonly jacobian?: boolean;
  /** Adds every member of an ensemble as the output `outputs_members`, [members, batch, outputs]. */
  readonly members?: boolean;
  /** Largest accepted difference from the engine, relative to the largest magnitude of each output over the
   *  checked rows. Default 1e-5, or 1e-10 with float64. */
  readonly tolerance?: number;
}

export function requireExportOptions(options: ExportOptions): void {
  checkOptions("export", options, {
    dtype: oneOf("float32", "float64"),
    metadata: object,
    ranges: listOf(numbers as Check<readonly [number, number]>),
    units: fields<NonNullable<ExportOptions["units"]>>({ inputs: listOf(text), outputs: listOf(text) }),
    description: text,
    jacobian: flag,
    members: flag,
    tolerance: positive,
  });
}

/** Refuses models that cannot stand in one file and options that do not fit them. */
export function requireExport(models: readonly Model[], options: ExportOptions): void {
  const first = models[0];
  if (!first)
    throw new OnnxError("export: no model was given, expected at least one", { code: "bad_option" });
  requireExplicit(first);
  const { inputNames, outputNames } = first;
  const configuration = JSON.stringify(first.config);
  models.forEach((model, k) => {
    if (JSON.stringify(model.config) !== configuration) {
      const given = JSON.stringify(model.config);
      throw new OnnxError(
        `exportEnsemble: model ${k + 1} has configuration ${given}, expected that of the first, ${configuration}`,
        { code: "shape_mismatch" },
      );
    }
    if (`${model.inputNames}` !== `${inputNames}` || `${model.outputNames}` !== `${outputNames}`) {
      throw new OnnxError(`exportEnsemble: model ${k + 1} has other input or output names than the first`, {
        code: "shape_mismatch",
      });
    }
    requireColumns(model, k);
    const wrong = model.parameters.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new OnnxError(
        `export: parameter ${wrong} of model ${k + 1} is ${model.parameters[wrong]}; a diverged model cannot be exported`,
        { code: "not_representable" },
      );
    }
  });
  requireDescription(first, options);
  if (options.members && models.length === 1) {
    throw new OnnxError("export: 'members' asks for the members of an ensemble, but there is one model", {
      code: "bad_option",
    });
  }
}

/** Refuses what the file is to say of the model where it does not fit its columns. */
export function requireDescription(
  { inputNames, outputNames }: Pick<Model, "inputNames" | "outputNames">,
  options: ExportOptions,
): void {
  requireLength("ranges", options.ranges, inputNames.length, "one per input");
  requireLength("units.inputs", options.units?.inputs, inputNames.length, "one per input");
  requireLength("units.outputs", options.units?.outputs, outputNames.length, "one per output");
  options.ranges?.forEach(([min, max], j) => {
    if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
      throw new OnnxError(
        `export: the range of '${inputNames[j]}' is [${min}, ${max}], expected two finite numbers in order`,
        { code: "bad_option" },
      );
    }
  });
  if (options.metadata) requireFinite(options.metadata, "metadata");
}

/** An implicit step is the solution of an equation. */
function requireExplicit({ config }: Model): void {
  if (!("share" in discretisationOf(config).method)) return;
  const { solver } = config as NeuralOdeConfig;
  throw new OnnxError(
    `export: the solver of the neural ODE is ${solver}, which is implicit, and ONNX has no operator for its equations; expected an explicit solver. refine(model, k, { solver: "rk4" }) replaces each step by k explicit ones`,
    { code: "unsupported" },
  );
}

/** Names are those of the physical columns; the network sees the prepared ones. */
function requireColumns({ config, inputNames, outputNames, preparation }: Model, k: number): void {
  for (const [side, names, expected] of [
    ["inputs", inputNames, config.inputs],
    ["outputs", outputNames, config.outputs],
  ] as const) {
    const { columns } = preparation[side];
    const prepared = preparedColumns(preparation[side]);
    if (names.length !== columns || prepared !== expected) {
      throw new OnnxError(
        `export: model ${k + 1} has ${counted(names.length, "name")} for ${counted(columns, "column")} of ${side}, and prepares ${counted(prepared, "column")}, expected a name for each column and ${counted(expected, "prepared column")}`,
        { code: "shape_mismatch" },
      );
    }
  }
}

function requireLength(
  name: string,
  list: readonly unknown[] | undefined,
  expected: number,
  each: string,
): void {
  if (list && list.length !== expected) {
    throw new OnnxError(`export: ${name} has ${list.length} entries, expected ${expected} (${each})`, {
      code: "shape_mismatch",
    });
  }
}

/** JSON would turn NaN and infinity into null. */
function requireFinite(value: unknown, path: string): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new OnnxError(
      `export: ${path} is ${value}, which JSON cannot hold; leave it out or write it as text`,
      { code: "bad_option" },
    );
  }
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) requireFinite(inner, `${path}.${key}`);
  }
}
