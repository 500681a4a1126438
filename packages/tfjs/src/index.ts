export { type TfjsEngine, type TfjsTable, tfjsEngine } from "./engine.ts";
export { tensorGelfandPenalty } from "./penalties/gelfand.ts";
export { tensorL2Penalty } from "./penalties/l2.ts";
export {
  type PenaltyTensors,
  type TensorPenalty,
  type TensorPenaltyOptions,
  tensorPenalty,
} from "./penalties/tensor-penalty.ts";
export {
  missingPackages,
  type StartedTensorFlow,
  startTensorFlow,
  type TensorFlow,
  type TensorFlowOptions,
  type TfjsBackend,
  tfjsBackends,
} from "./tensorflow.ts";
