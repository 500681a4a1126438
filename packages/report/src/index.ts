export { type Circumstances, commonFacts, machine } from "./facts.ts";
export type { Figure, Panel, Report } from "./page.ts";
export { isRatio, proxyLabel, proxyText } from "./proxies.ts";
export {
  type Deciles,
  decilesOf,
  type Estimate,
  estimateOf,
  fewestForInterval,
  groupedBy,
  holm,
  type Interval,
  logSlope,
  mean,
  median,
  quantile,
  rangeOf,
  signedRank,
} from "./statistics.ts";
export { csvLine, csvOf, markdownOf, type NamedTable, pipeTable, quoted, tableOf } from "./table.ts";
export type { ReportWithFiles } from "./write.ts";
