import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { HttpError, ServeError } from "../errors.ts";
import type { Keys } from "../http/keys.ts";
import { type InferBody, inferBody, readInfer, runInfer } from "../inference/infer.ts";
import { bytesOf, datatypes } from "../inference/tensors.ts";
import { createCheck } from "../json/validation.ts";
import { metadataOf } from "../models/metadata.ts";
import { requireReady, type Service, serverMetadata } from "../service.ts";
import { type InferMessage, inferenceService, type Parameter } from "./messages.ts";

/** The Open Inference Protocol over gRPC, as far as it stands over REST. Returns the port and how to end it: what runs is answered. */
export async function startGrpc(
  service: Service,
  { host, port, keys }: { host: string; port: number; keys: Keys },
): Promise<{ port: number; close(): Promise<void> }> {
  const server = new Server({ "grpc.max_receive_message_length": 16 * 1024 ** 2 });
  server.addService(inferenceService, implementation(service, keys));
  const address = host.includes(":") ? `[${host}]` : host;
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${address}:${port}`, ServerCredentials.createInsecure(), (error, found) => {
      if (error)
        reject(new ServeError(`port ${port} of ${host} cannot be had for gRPC`, { code: "port_in_use" }));
      else resolve(found);
    });
  });
  return { port: bound, close: () => new Promise((resolve) => server.tryShutdown(() => resolve())) };
}

/** Whatever the method's message has of these. */
type Call = ServerUnaryCall<
  InferMessage & { readonly name?: string; readonly version?: string; readonly ready?: boolean },
  object
>;

function implementation(service: Service, keys: Keys): UntypedServiceImplementation {
  const { registry, repository } = service;
  const modelOf = ({ name = "", version = "" }: { name?: string; version?: string }) =>
    registry.get(name, version === "" ? undefined : version);
  const ready = (): boolean => {
    try {
      requireReady(service);
      return true;
    } catch {
      return false;
    }
  };
  const answers: Record<string, (call: Call) => object | Promise<object>> = {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: ready() }),
    modelReady: ({ request }) => ({ ready: modelOf(request) !== undefined && ready() }),
    serverMetadata: () => serverMetadata,
    modelMetadata: ({ request }) => metadataOf(modelOf(request), registry),
    modelInfer: (call) => infer(service, call),
    repositoryIndex: async ({ request }) => {
      const models = await repository.index();
      return { models: request.ready ? models.filter(({ state }) => state === "READY") : models };
    },
    repositoryModelLoad: async ({ request }) => {
      await repository.load(request.modelName ?? "");
      return {};
    },
    repositoryModelUnload: async ({ request }) => {
      await repository.unload(request.modelName ?? "");
      return {};
    },
  };
  const open = new Set(["serverLive", "serverReady"]);
  return Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => {
      const handle: handleUnaryCall<unknown, object> = async (call, callback) => {
        try {
          const header = (key: string): string | undefined => call.metadata.get(key)[0]?.toString();
          if (!open.has(name)) keys.check(header("x-api-key"), header("authorization"));
          callback(null, await answer(call as Call));
        } catch (error) {
          callback(failure(error));
        }
      };
      return [name, handle];
    }),
  );
}

const codes: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  404: status.NOT_FOUND,
  503: status.UNAVAILABLE,
};

const failure = (error: unknown): { code: status; details: string } =>
  error instanceof HttpError
    ? { code: codes[error.statusCode] ?? status.INTERNAL, details: error.message }
    : { code: status.INTERNAL, details: "internal error" };

const check = createCheck(inferBody, "the message");

async function infer(service: Service, call: Call): Promise<object> {
  const message: InferMessage = call.request;
  const model = service.registry.get(message.modelName ?? "", message.modelVersion || undefined);
  const { json, binary } = asRest(message);
  const wrong = check(json);
  if (wrong) throw wrong;
  const asked = readInfer(model, json as InferBody, { binary }, service.maxRows);
  const deadline = call.getDeadline();
  const left = Number(deadline instanceof Date ? deadline.getTime() : deadline) - Date.now();
  const timeout = Math.min(left, service.timeout);
  const results = await runInfer({ ...service, timeout }, model, asked, () => !call.cancelled);
  const found = asked.outputs.map(({ name }) => results.find((result) => result.name === name)!);
  return {
    modelName: model.name,
    modelVersion: model.version,
    id: asked.id ?? "",
    outputs: found.map(({ name, dims }) => ({
      name,
      datatype: datatypes[model.surrogate.dtype],
      shape: dims,
    })),
    rawOutputContents: found.map(({ data }) => bytesOf(data)),
  };
}

/** The same request as it would come over REST, so that one reader checks both. */
function asRest({ id, parameters, inputs, outputs, rawInputContents }: InferMessage): {
  json: object;
  binary: Uint8Array;
} {
  const raw = rawInputContents.length > 0;
  const binary = raw ? Buffer.concat(rawInputContents) : new Uint8Array();
  const json = {
    ...(id && { id }),
    parameters: plain(parameters),
    inputs: inputs.map(({ name, datatype, shape, contents, parameters: own }) => ({
      name,
      datatype,
      shape,
      parameters: { ...plain(own), ...(raw && { binary_data_size: binary.length }) },
      ...(contents && { data: datatype === "FP64" ? contents.fp64Contents : contents.fp32Contents }),
    })),
    ...(outputs.length > 0 && {
      outputs: outputs.map(({ name, parameters: own }) => ({ name, parameters: plain(own) })),
    }),
  };
  return { json, binary };
}

const plain = (parameters: Readonly<Record<string, Parameter>> = {}): object =>
  Object.fromEntries(Object.entries(parameters).map(([key, choice]) => [key, Object.values(choice)[0]]));
