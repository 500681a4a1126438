import { type TfjsBackend, tfjsBackends } from "@stiffnet/tfjs";
import type { StepModel, StepSizes } from "./problem.ts";

/** Our own engine on either kernels, and its peers. */
export const stepEngines = [
  "stiffnet-wasm",
  "stiffnet-native",
  "tfjs-tensorflow",
  "tfjs-wasm",
  "tfjs-cpu",
  "torch-eager",
  "torch-compile",
  "jax",
  "tensorflow",
  "tensorflow-xla",
] as const;
export type StepEngine = (typeof stepEngines)[number];

/** The backend of an engine that is TensorFlow.js. */
export function tfjsBackendOf(engine: string): TfjsBackend | undefined {
  return tfjsBackends.find((backend) => engine === `tfjs-${backend}`);
}

/** The kernels of an engine that is our own. */
export function kernelsOf(engine: string): "wasm" | "native" | undefined {
  return engine === "stiffnet-wasm" ? "wasm" : engine === "stiffnet-native" ? "native" : undefined;
}

/** Whether an engine has the model: all penalties but L2 and Gelfand's formula are only our own. */
export function hasModel(engine: StepEngine, model: StepModel): boolean {
  const shared: readonly string[] = ["RES", "RES L2", "RES stiff (gelfand)"];
  return shared.includes(model) || kernelsOf(engine) !== undefined;
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
