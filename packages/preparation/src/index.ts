export { centredColumns } from "./centred-columns.ts";
export { chain } from "./chain.ts";
export { principalComponents } from "./components.ts";
export { type Dataset, type DatasetOptions, dataset, fitsCheck, type NamedSamples } from "./dataset.ts";
export { PreparationError } from "./errors.ts";
export { logarithm, takesLogarithm } from "./logarithm.ts";
export { minMax, rangesOf } from "./min-max.ts";
export { identity, prepare, preparedColumns, pullPrepare, pullRestore, restore } from "./prepare.ts";
export { standardise } from "./standardise.ts";
export { cellOf, type TableColumn, tableColumns } from "./table-columns.ts";
export { takeRows } from "./take-rows.ts";
export type {
  AffineStep,
  Category,
  ComponentsStep,
  Fit,
  Fits,
  LogStep,
  Preparation,
  PreparationStep,
  Samples,
  TrainingData,
} from "./types.ts";
