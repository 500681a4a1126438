export { readTable, writeTable } from "#files";
export { type Axis, axis, type Distribution } from "./axis.ts";
export { type DalecOptions, dalec, dalecDataset, runDalec } from "./dalec/dalec.ts";
export { type ClimatologyOptions, climatology, type Drivers, driversFrom } from "./dalec/drivers.ts";
export { type Ensemble, type EnsembleName, ensembles } from "./dalec/ensembles.ts";
export type { Budget } from "./dalec/simulate.ts";
export {
  type Dataset,
  type DatasetOptions,
  dataset,
  type NamedSamples,
  type Samples,
} from "./dataset.ts";
export {
  type ColumnDescription,
  type DescribeOptions,
  describeTable,
  type TableDescription,
} from "./describe/describe.ts";
export { renderDescription } from "./describe/render.ts";
export { DatasetError, type Place } from "./errors.ts";
export type { FileLike, ReadOptions } from "./files/file-like.ts";
export type { Format } from "./files/format.ts";
export type { WriteOptions } from "./files/write-table.ts";
export { alpine01, alpine02 } from "./functions/alpine.ts";
export { branin } from "./functions/branin.ts";
export { borehole, otlCircuit, piston, robotArm, wingWeight } from "./functions/engineering.ts";
export { franke } from "./functions/franke.ts";
export { ackley, rosenbrock } from "./functions/optimisation.ts";
export {
  type TestFunctionEntry,
  testFunction,
  testFunctions,
} from "./functions/registry.ts";
export { friedman, ishigami, sobolG, welch } from "./functions/sensitivity.ts";
export type { Output, TestFunction } from "./functions/types.ts";
export {
  type GaussianProcess,
  type GaussianProcessOptions,
  gaussianProcess,
} from "./gaussian/gaussian-process.ts";
export { type LinearFit, linearFit, r2 } from "./linear.ts";
export { toAxes } from "./quantile.ts";
export { type SampleOptions, sample } from "./sample.ts";
export { halton } from "./samplers/halton.ts";
export { latinHypercube } from "./samplers/latin-hypercube.ts";
export { sobol } from "./samplers/sobol.ts";
export type { Sampler } from "./samplers/types.ts";
export { uniform } from "./samplers/uniform.ts";
export { type SamplingStream, samplingStream } from "./sampling-stream.ts";
export type { SplitDataset, SplitOptions } from "./table/assemble.ts";
export type { ColumnChoice } from "./table/columns.ts";
export type { ColumnFaults, FaultKind } from "./table/faults.ts";
export { joinColumns } from "./table/join.ts";
export type { MissingReport, MissingRule, Selection, SelectOptions } from "./table/select.ts";
export type { FoldOptions } from "./table/split.ts";
export type { Precision } from "./table/store.ts";
export { type Header, Table, tableOf } from "./table/table.ts";
export type { Delimiter } from "./text/dialect.ts";
