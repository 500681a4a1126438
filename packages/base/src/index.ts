export { largestChunk } from "./chunks.ts";
export { createDigest, type Digest, digestOf, littleEndian, swapped } from "./digest.ts";
export { StiffnetError } from "./errors.ts";
export { faultUnless, firstFault, nonNegativeFault, positiveFault, wholeFault } from "./guards.ts";
export { colours, lookSheet, lookVariables, seriesColours } from "./look.ts";
export {
  type RandomBits,
  type RandomStream,
  randomBits,
  randomStream,
  requireSeed,
  resumeStream,
  shuffle,
} from "./random.ts";
export { readDecimal } from "./read-decimal.ts";
