import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import { HttpError, ServeError } from "../errors.ts";
import { type InferBody, inferBody, readInfer, runInfer } from "../inference/infer.ts";
import { bytesOf, datatypes } from "../inference/tensors.ts";
import { createCheck } from "../json/validation.ts";
import { metadataOf } from "../models/metadata.ts";
import { requireNoOverride } from "../models/repository.ts";
import { requireChange, requireReady, type Service, serverMetadata } from "../service.ts";
import { inferenceService, packageDefinition, serviceName } from "./definition.ts";
import { asRest, type InferMessage } from "./messages.ts";

export interface GrpcOptions {
  readonly host: string;
  readonly port: number;
  /** Without any, whoever listens on the way can read. */
  readonly credentials: ServerCredentials | undefined;
  /** Largest message in bytes. */
  readonly maxBody: number;
}

/** The Open Inference Protocol over gRPC, as far as it stands over REST and with the same limits, keys and
 *  counts; grpc.health.v1 and reflection. Returns the port and how to end it: what runs is answered. */
export async function startGrpc(
  service: Service,
  { host, port, credentials = ServerCredentials.createInsecure(), maxBody }: GrpcOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = new Server({ "grpc.max_receive_message_length": maxBody });
  const running = { calls: 0 };
  server.addService(inferenceService, implementation(service, running));
  new ReflectionService(packageDefinition).addToServer(server);
  const health = addHealth(server, service);
  const address = host.includes(":") ? `[${host}]` : host;
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${address}:${port}`, credentials, (error, found) => {
      if (error)
        reject(new ServeError(`port ${port} of ${host} cannot be had for gRPC`, { code: "port_in_use" }));
      else resolve(found);
    });
  });
  return {
    port: bound,
    async close() {
      health.close();
      const done = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      // Whoever watches over health never ends.
      while (running.calls > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      setTimeout(() => server.forceShutdown(), 100).unref();
      await done;
    },
  };
}

/** grpc.health.v1: whether a request would be run now. */
function addHealth(server: Server, service: Service): { close(): void } {
  const names = ["", serviceName];
  const health = new HealthImplementation({});
  let last: boolean | undefined;
  const look = (): void => {
    const now = isReady(service);
    if (now === last) return;
    last = now;
    for (const name of names) health.setStatus(name, now ? "SERVING" : "NOT_SERVING");
  };
  look();
  health.addToServer(server);
  const timer = setInterval(look, 100).unref();
  return {
    close() {
      clearInterval(timer);
      for (const name of names) health.setStatus(name, "NOT_SERVING");
    },
  };
}

function isReady(service: Service): boolean {
  try {
    requireReady(service);
    return true;
  } catch {
    return false;
  }
}

/** Whatever the method's message has of these. */
type Call = ServerUnaryCall<
  InferMessage & { readonly name?: string; readonly version?: string; readonly ready?: boolean },
  object
>;
type Access = "open" | "usual" | "admin";
type Methods = Readonly<Record<string, readonly [Access, (call: Call) => object | Promise<object>]>>;

function methodsOf(service: Service): Methods {
  const { registry, repository } = service;
  const modelOf = ({ name = "", version = "" }: { name?: string; version?: string }) =>
    registry.get(name, version === "" ? undefined : version);
  const isKnown = (request: { name?: string; version?: string }): boolean => {
    try {
      modelOf(request);
      return true;
    } catch {
      return false;
    }
  };
  const change = async (what: "load" | "unload", { request }: Call): Promise<object> => {
    requireChange(service);
    requireNoOverride(request.parameters);
    await repository[what](request.modelName ?? "");
    return {};
  };
  return {
    ServerLive: ["open", () => ({ live: true })],
    ServerReady: ["open", () => ({ ready: isReady(service) })],
    ModelReady: ["usual", ({ request }) => ({ ready: isKnown(request) && isReady(service) })],
    ServerMetadata: ["usual", () => serverMetadata],
    ModelMetadata: ["usual", ({ request }) => metadataOf(modelOf(request), registry)],
    ModelInfer: ["usual", (call) => infer(service, call)],
    RepositoryIndex: [
      "admin",
      async ({ request }) => {
        const models = await repository.index();
        return { models: request.ready ? models.filter(({ state }) => state === "READY") : models };
      },
    ],
    RepositoryModelLoad: ["admin", (call) => change("load", call)],
    RepositoryModelUnload: ["admin", (call) => change("unload", call)],
  };
}

function implementation(service: Service, running: { calls: number }): UntypedServiceImplementation {
  const { keys, metrics } = service;
  return Object.fromEntries(
    Object.entries(methodsOf(service)).map(([name, [access, answer]]) => {
      const handle: handleUnaryCall<unknown, object> = async (call, callback) => {
        const since = performance.now();
        const header = (key: string): string | undefined => call.metadata.get(key)[0]?.toString();
        let code = status.OK;
        running.calls++;
        try {
          if (access !== "open") {
            if (access === "admin" && service.adminElsewhere)
              throw new HttpError(403, "operators ask on their own port, over HTTP");
            keys[access].check(header("x-api-key"), header("authorization"));
          }
          callback(null, await answer(call as Call));
        } catch (error) {
          const failed = failureOf(error);
          ({ code } = failed);
          callback(failed);
        } finally {
          running.calls--;
          metrics.answered("gRPC", name, status[code], (performance.now() - since) / 1000);
        }
      };
      return [name, handle];
    }),
  );
}

const codes: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  413: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
};

const failureOf = (error: unknown): { code: status; details: string } =>
  error instanceof HttpError
    ? { code: codes[error.statusCode] ?? status.INTERNAL, details: error.message }
    : { code: status.INTERNAL, details: "internal error" };

const check = createCheck(inferBody, "the message");

async function infer(service: Service, call: Call): Promise<object> {
  const message: InferMessage = call.request;
  const model = service.registry.get(message.modelName ?? "", message.modelVersion || undefined);
  const { json, numbers } = asRest(message);
  const wrong = check(json);
  if (wrong) throw wrong;
  const asked = readInfer(model, json as InferBody, numbers, service.maxRows);
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
