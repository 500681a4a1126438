export { addMore, type CommandDefinition, makeCommand, type Outcome } from "./command.ts";
export { commandLine } from "./command-line.ts";
export { childEnvironment, scriptArguments, setKernels, variable } from "./environment.ts";
export { BenchError, isExpected, oneLine } from "./errors.ts";
export {
  formatDuration,
  formatNumber,
  formatPercent,
  formatScientific,
  formatStep,
  textTable,
} from "./format.ts";
export { given } from "./given.ts";
export { colours, lookSheet, lookVariables, seriesColours } from "./look.ts";
export { type Commands, type Program, runProgram } from "./main.ts";
export { excludes, isGiven, needs, rulesOf } from "./option-rules.ts";
export {
  above,
  addComputing,
  addOut,
  addRows,
  addSeed,
  addWorkers,
  between,
  type CommonOptions,
  choice,
  collect,
  finite,
  fraction,
  list,
  listOf,
  mapped,
  type OptionParser,
  type OptionRow,
  parser,
  parserOf,
  row,
  seeded,
  share,
  text,
  unset,
  whole,
} from "./options.ts";
export { calledAs, note } from "./output.ts";
export { type Progress, showProgress } from "./progress.ts";
export { interruptedCode, type Stop, stopOnSignals } from "./signals.ts";
export { width } from "./width.ts";
