export { readTable } from "#files";
export {
  type ColumnDescription,
  type DescribeOptions,
  describeTable,
  type TableDescription,
} from "./describe/describe.ts";
export { renderDescription } from "./describe/render.ts";
export { type Place, TableError } from "./errors.ts";
export type { Format } from "./files/format.ts";
export type { FileLike, ReadOptions } from "./files/read-options.ts";
export { type LinearFit, linearFit, r2 } from "./linear.ts";
export type { SplitDataset } from "./table/assemble.ts";
export { tableOf } from "./table/builder.ts";
export type { ColumnChoice } from "./table/columns.ts";
export type { ColumnFaults, FaultKind } from "./table/faults.ts";
export { joinColumns } from "./table/join.ts";
export { trainParts } from "./table/parts.ts";
export {
  inputsFor,
  type MissingReport,
  type MissingRule,
  type Selection,
  type SelectOptions,
} from "./table/select.ts";
export type { ByGroups, FoldOptions, SplitBy, SplitOptions } from "./table/split.ts";
export { Table } from "./table/table.ts";
export type { Header } from "./table/view.ts";
export type { Delimiter } from "./text/dialect.ts";
