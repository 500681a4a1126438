export type { Samples, TrainingData } from "@stiffnet/preparation";
export type { WeightBasis, WeightsOption } from "./basis.ts";
export {
  type Activation,
  activations,
  type ModelConfig,
  type NeuralOdeConfig,
  type NeuralOdeOptions,
  type ResNetConfig,
  type ResNetOptions,
  type StartOptions,
  type StepSolver,
  stateWidth,
  stepSolvers,
} from "./config.ts";
export { type Discretisation, discretisationOf, type StepMethod } from "./discretisation.ts";
export { createEngine, type Engine, engineChecks, type ForwardChunk, kernelsName } from "./engine.ts";
export { ConfigError, requireOptions, ShapeError } from "./errors.ts";
export { guarded } from "./guarded-engine.ts";
export type { EpochRecord } from "./history.ts";
export { type Integrated, type IntegrateOptions, integrate } from "./integrate.ts";
export type { JacobianBatch, JacobianGradient } from "./jacobians.ts";
export { l2Penalty } from "./l2.ts";
export { type Layout, layoutOf, type Slot, tensor } from "./layout.ts";
export { type Model, neuralOde, requireModel, resnet } from "./model.ts";
export { type Pullback64, predict64, pullback64 } from "./network64.ts";
export type { TrainOptions } from "./options.ts";
export type { Penalty, PenaltyChunk, PenaltyContext, PenaltyEvaluator, PenaltyGradient } from "./penalty.ts";
export type { PlateauOptions, PlateauState } from "./plateau.ts";
export { type Evaluation, evaluate, predict } from "./predict.ts";
export { type RefineOptions, refine } from "./refine.ts";
export {
  decodeState,
  encodeState,
  readState,
  readStateHeader,
  type StateSource,
  stateParts,
  type TrainingState,
} from "./state.ts";
export type { Table } from "./table.ts";
export { type TrainResult, train } from "./train.ts";
export type {
  AdamOptions,
  EngineFactory,
  EngineOptions,
  EngineState,
  Loss,
  PredictionChunk,
  Rows,
  TrainingEngine,
} from "./training-engine.ts";
export {
  type FieldActivation,
  type Simulated,
  simulate,
  type Trajectory,
  type TrajectoryModel,
  type TrajectoryOptions,
  trajectoryModel,
} from "./trajectory/model.ts";
export type { TrainTrajectoryOptions, TrajectoryRecord, TrajectoryState } from "./trajectory/options.ts";
export type { TrajectoryScaling } from "./trajectory/scaling.ts";
export { type TrajectoryResult, trainTrajectory } from "./trajectory/train.ts";
export { withDepth } from "./with-depth.ts";
