// Requests of every kind for fuzz.mjs: each knows how to send itself and what is wrong with an answer.
import { mutated } from "./mutated.mjs";
import { raw } from "./raw.mjs";
import { anything, elsewhere } from "./unexpected.mjs";
import { valid } from "./well-formed.mjs";

export function make(context, random) {
  const kind = random.among([valid, valid, valid, mutated, mutated, mutated, anything, raw, elsewhere]);
  return { kind: kind.name, ...kind(context, random) };
}
