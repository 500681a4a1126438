export { type TfjsEngine, type TfjsTable, tfjsEngine } from "./engine.ts";
export { tensorGelfandPenalty, tensorL2Penalty } from "./penalties.ts";
export {
  type PenaltyTensors,
  type TensorPenalty,
  type TensorPenaltyOptions,
  tensorPenalty,
} from "./tensor-penalty.ts";
export {
  missingPackages,
  type StartedTensorFlow,
  startTensorFlow,
  type TensorFlow,
  type TensorFlowOptions,
  type TfjsBackend,
  tfjsBackends,
} from "./tensorflow.ts";
