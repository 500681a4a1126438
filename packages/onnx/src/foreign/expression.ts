import type { Activation } from "@stiffnet/core";

/** The contents of a tensor of a network's graph, as a function of the input x. */
export type Expression =
  | { readonly kind: "input" }
  /** Column by column, scale * of + shift. */
  | {
      readonly kind: "columns";
      readonly of: Expression;
      readonly scale: Float64Array;
      readonly shift: Float64Array;
    }
  /** W of + b, with W [rows, columns]. */
  | { readonly kind: "linear"; readonly of: Expression; readonly map: LinearMap }
  | { readonly kind: "activation"; readonly name: ForeignActivation; readonly of: Expression }
  | { readonly kind: "sum"; readonly first: Expression; readonly second: Expression };

export interface LinearMap {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** The activations of the kernels, the logistic function, and erf, which exporters use in gelu. */
export type ForeignActivation = Exclude<Activation, "identity"> | "sigmoid" | "erf";

/** Numbers in a row of the value, for x of `inputs` columns. */
export function widthOf(value: Expression, inputs: number): number {
  if (value.kind === "linear") return value.map.rows;
  if (value.kind === "columns") return value.scale.length;
  if (value.kind === "sum") return widthOf(value.first, inputs);
  return value.kind === "input" ? inputs : widthOf(value.of, inputs);
}

/** A map of scaled columns is one map. But the units of the inputs stay apart from the first map: a mean may
 *  be so large that float32 would lose the digits of a product. */
export function linear(of: Expression, map: LinearMap): Expression {
  if (of.kind === "columns" && of.of.kind !== "input") {
    const bias = map.bias.slice();
    const weight = map.weight.map((w, k) => w * of.scale[k % map.columns]!);
    map.weight.forEach((w, k) => {
      bias[Math.floor(k / map.columns)]! += w * of.shift[k % map.columns]!;
    });
    return linear(of.of, { ...map, weight, bias });
  }
  return { kind: "linear", of, map };
}

/** The map `outer` of the map `inner`: W V and W c + b. */
export function composed(outer: LinearMap, inner: LinearMap): LinearMap {
  const { rows } = outer;
  const { columns: width } = inner;
  const weight = new Float64Array(rows * width);
  const bias = outer.bias.slice();
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < outer.columns; k++) {
      const w = outer.weight[i * outer.columns + k]!;
      bias[i]! += w * inner.bias[k]!;
      for (let j = 0; j < width; j++) weight[i * width + j]! += w * inner.weight[k * width + j]!;
    }
  }
  return { rows, columns: width, weight, bias };
}

/** Scales and shifts behind one another are one; a bare shift behind a linear map is its bias. */
export function columns(of: Expression, scale: Float64Array, shift: Float64Array): Expression {
  if (of.kind === "columns") {
    return {
      kind: "columns",
      of: of.of,
      scale: scale.map((s, j) => s * of.scale[j]!),
      shift: shift.map((b, j) => b + scale[j]! * of.shift[j]!),
    };
  }
  if (of.kind === "linear" && scale.every((s) => s === 1)) {
    return { ...of, map: { ...of.map, bias: of.map.bias.map((b, j) => b + shift[j]!) } };
  }
  return { kind: "columns", of, scale, shift };
}

/** z sigmoid(z) is silu(z); c z (p + p erf(z / sqrt 2)) is 2 c p gelu(z). */
export function gated(z: Expression, gate: Expression): Expression | undefined {
  if (gate.kind === "activation" && gate.name === "sigmoid" && gate.of === z) {
    return { kind: "activation", name: "silu", of: z };
  }
  const argument = z.kind === "columns" && z.shift.every((b) => b === 0) ? z.of : z;
  const c = argument === z ? 1 : uniform((z as Expression & { kind: "columns" }).scale);
  if (gate.kind !== "columns" || gate.of.kind !== "activation" || gate.of.name !== "erf") return undefined;
  const [p, q] = [uniform(gate.scale), uniform(gate.shift)];
  const inner = gate.of.of;
  if (c === undefined || p === undefined || p !== q || inner.kind !== "columns" || inner.of !== argument) {
    return undefined;
  }
  const root = uniform(inner.scale);
  // Exporters write sqrt 2 in float32.
  if (root === undefined || Math.abs(root - Math.SQRT1_2) > 1e-6) return undefined;
  const gelu: Expression = { kind: "activation", name: "gelu", of: argument };
  const factor = gate.scale.map(() => 2 * c * p);
  return factor.every((f) => Math.abs(f - 1) < 1e-6)
    ? gelu
    : columns(
        gelu,
        factor,
        factor.map(() => 0),
      );
}

/** The value that all columns share, if they do. */
export function uniform(values: Float64Array): number | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}
