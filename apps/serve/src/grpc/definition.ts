import { fileURLToPath } from "node:url";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";

/** Contents of the .proto file. */
export const packageDefinition: PackageDefinition = loadSync(
  fileURLToPath(new URL("../../proto/inference.proto", import.meta.url)),
  { longs: Number, arrays: true, keepCase: true },
);

export const serviceName = "inference.GRPCInferenceService";
export const inferenceService = packageDefinition[serviceName] as ServiceDefinition;
