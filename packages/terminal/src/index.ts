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
export {
  above,
  between,
  choice,
  collect,
  finite,
  fraction,
  list,
  listOf,
  mapped,
  type OptionParser,
  parser,
  share,
  text,
  whole,
} from "./option-parsers.ts";
export { excludes, isGiven, needs, rulesOf } from "./option-rules.ts";
export {
  addComputing,
  addOut,
  addRows,
  addSeed,
  addWorkers,
  type CommonOptions,
  type OptionRow,
  parserOf,
  row,
  seeded,
  unset,
} from "./options.ts";
export { calledAs, note } from "./output.ts";
export { type Progress, showProgress } from "./progress.ts";
export { interruptedCode, type Stop, stopOnSignals } from "./signals.ts";
export { width } from "./width.ts";
