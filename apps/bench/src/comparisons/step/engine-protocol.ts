import type { TfjsBackend } from "@stiffnet/tfjs";
import type { StepModel, StepSizes } from "./problem.ts";

/** What runs an engine: our own kernels, a backend of TensorFlow.js, or a library of Python, by a script of
 *  the peers. */
export interface EngineRow {
  readonly kernels?: "wasm" | "native";
  readonly backend?: TfjsBackend;
  readonly python?: readonly [library: string, script: string];
}

const rows = {
  "stiffnet-wasm": { kernels: "wasm" },
  "stiffnet-native": { kernels: "native" },
  "tfjs-tensorflow": { backend: "tensorflow" },
  "tfjs-wasm": { backend: "wasm" },
  "tfjs-cpu": { backend: "cpu" },
  "torch-eager": { python: ["torch", "torch_step.py"] },
  "torch-compile": { python: ["torch", "torch_step.py"] },
  jax: { python: ["jax", "jax_step.py"] },
  tensorflow: { python: ["tensorflow", "tensorflow_step.py"] },
  "tensorflow-xla": { python: ["tensorflow", "tensorflow_step.py"] },
} satisfies Record<string, EngineRow>;
export type StepEngine = keyof typeof rows;
export const stepEngines: Readonly<Record<StepEngine, EngineRow>> = rows;

/** Whether an engine has the model: all penalties but L2 and Gelfand's formula are only our own. */
export function hasModel(engine: StepEngine, model: StepModel): boolean {
  const shared: readonly string[] = ["RES", "RES L2", "RES stiff (gelfand)"];
  return shared.includes(model) || stepEngines[engine].kernels !== undefined;
}

/** Requests to an engine process, one JSON line each. peers/step_engine.py has the same protocol. The file of
 *  `prepare` holds parameters, inputs and outputs as float32, little-endian. */
export interface PrepareRequest extends StepSizes {
  readonly op: "prepare";
  readonly file: string;
  readonly engine: StepEngine;
  readonly model: StepModel;
  readonly horizon: number;
  readonly batches: number;
  /** How many parameters there are. */
  readonly parameters: number;
  /** lambda */
  readonly weight: number;
  readonly threads: number;
}
export type EngineRequest =
  | PrepareRequest
  | { readonly op: "train"; readonly steps: number }
  | { readonly op: "round"; readonly seconds: number };

export interface EngineDescription {
  readonly version: string;
  readonly detail: string;
  readonly blas?: string;
}
