export {
  anyNumber,
  type Check,
  callback,
  check,
  either,
  flag,
  instanceOf,
  listOf,
  type NeededCheck,
  needed,
  nonNegative,
  number,
  numbers,
  object,
  oneOf,
  positive,
  seed,
  text,
  whole,
} from "./checks.ts";
export { largestChunk } from "./chunks.ts";
export { concatenated } from "./concatenated.ts";
export { counted } from "./counted.ts";
export { createDigest, type Digest, digestOf, littleEndian, swapped } from "./digest.ts";
export { StiffnetError } from "./errors.ts";
export { nearest } from "./nearest.ts";
export {
  type Checks,
  checkOptions,
  fields,
  type OptionRules,
  optionsChecker,
  withDefaults,
} from "./options.ts";
export { quantileOf } from "./quantile.ts";
export {
  type RandomStream,
  randomStream,
  resumeStream,
  shuffle,
} from "./random.ts";
export { type SamplingStream, samplingStream } from "./sampling-stream.ts";
export { shortened } from "./shortened.ts";
