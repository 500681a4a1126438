// Requests of every kind for fuzz.mjs: each knows how to send itself and what is wrong with an answer.
import { grpcBytes, grpcMutated, grpcValid } from "./grpc.mjs";
import { mutated } from "./mutated.mjs";
import { raw } from "./raw.mjs";
import { anything, elsewhere } from "./unexpected.mjs";
import { valid } from "./well-formed.mjs";

export function make(context, random) {
  const rest = [valid, valid, valid, mutated, mutated, mutated, anything, raw, elsewhere];
  const kinds = context.grpc ? [...rest, grpcValid, grpcValid, grpcMutated, grpcMutated, grpcBytes] : rest;
  const kind = random.among(kinds);
  return { kind: kind.name, ...kind(context, random) };
}
