import { type AddressInfo, createServer } from "node:net";
import {
  type handleUnaryCall,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import { ServeError } from "../errors.ts";
import { Connections } from "../http/connections.ts";
import { type InferBody, inferBody, readInfer } from "../inference/infer.ts";
import { runInfer } from "../inference/run.ts";
import { bytesOf, datatypes } from "../inference/tensors.ts";
import { createCheck } from "../json/validation.ts";
import { allStatistics, configOf, metadataOf } from "../models/protocol.ts";
import { requireNoOverride } from "../models/repository.ts";
import { requireChange, type Service, serverMetadata, whyNotReady } from "../service.ts";
import { inferenceService, packageDefinition, serviceName } from "./definition.ts";
import { type Access, type Begun, createGuard, failureOf } from "./guard.ts";
import { asRest, type InferMessage } from "./messages.ts";

export interface GrpcOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined for plain connections. */
  readonly credentials: ServerCredentials | undefined;
  /** Largest message in bytes. */
  readonly maxBody: number;
  readonly maxConnections: number;
  /** Calls of one connection at one time; more of them wait at the client. */
  readonly maxCalls: number;
}

/** The Open Inference Protocol over gRPC, with the methods, limits, keys and counts of REST; grpc.health.v1
 *  and reflection. Returns the port and a way to close it, which answers running calls. */
export async function startGrpc(
  service: Service,
  { host, port, credentials = ServerCredentials.createInsecure(), ...limits }: GrpcOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const connections = new Connections(limits.maxConnections, service.timeout);
  const access = new Map<string, Access>();
  const guard = createGuard(service, access, connections, limits.maxBody);
  const methods = methodsOf(service, guard.begunWith);
  for (const [name, [who]] of Object.entries(methods)) access.set(name, who);
  const server = new Server({
    "grpc.max_receive_message_length": limits.maxBody,
    "grpc.max_concurrent_streams": limits.maxCalls,
    interceptors: [guard.interceptor],
  });
  const running = { calls: 0 };
  server.addService(inferenceService, implementation(methods, running));
  new ReflectionService(packageDefinition).addToServer(server);
  const health = addHealth(server, service);
  // grpc-js has no limit of connections: they are accepted here, and it is handed them.
  const injector = server.createConnectionInjector(credentials);
  const listener = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    connections.open(socket);
    if (!socket.destroyed) injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", () =>
      reject(new ServeError(`cannot listen for gRPC on port ${port} of ${host}`, { code: "port_in_use" })),
    );
    listener.listen({ port, host }, resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    async close() {
      health.close();
      listener.close();
      const done = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      // Calls that watch health never end.
      while (running.calls > 0 && performance.now() < service.closeBy)
        await new Promise((resolve) => setTimeout(resolve, 10));
      service.givenUp += running.calls;
      setTimeout(() => {
        server.forceShutdown();
        for (const { socket } of connections.all()) socket.destroy();
      }, 100).unref();
      await done;
      connections.close();
    },
  };
}

/** grpc.health.v1: whether a request would be run now. */
function addHealth(server: Server, service: Service): { close(): void } {
  const names = ["", serviceName];
  const health = new HealthImplementation({});
  let last: boolean | undefined;
  const look = (): void => {
    const now = whyNotReady(service) === undefined;
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

/** Whatever the method's message has of these. */
type Call = ServerUnaryCall<
  InferMessage & { readonly name?: string; readonly version?: string; readonly ready?: boolean },
  object
>;
const health: Access = { who: "open" };
type Methods = Readonly<Record<string, readonly [Access, (call: Call) => object | Promise<object>]>>;

function methodsOf(service: Service, begunWith: (metadata: Metadata) => Begun): Methods {
  const { registry, repository, changes } = service;
  const modelOf = ({ name = "", version = "" }: { name?: string; version?: string }) =>
    registry.get(name, version === "" ? undefined : version);
  const isKnown = ({ name = "", version = "" }): boolean =>
    registry.of(name).some((model) => version === "" || model.version === version);
  const change = async (what: "load" | "unload", { request }: Call): Promise<object> => {
    requireChange(service);
    requireNoOverride(request.parameters);
    await changes[what](request.model_name ?? "");
    return {};
  };
  return {
    ServerLive: [health, () => ({ live: true })],
    ServerReady: [health, () => ({ ready: whyNotReady(service) === undefined })],
    ModelReady: [
      { who: "usual", route: "/v2/models/:model/ready" },
      ({ request }) => ({ ready: isKnown(request) && whyNotReady(service) === undefined }),
    ],
    ServerMetadata: [{ who: "usual", route: "/v2" }, () => serverMetadata],
    ModelMetadata: [
      { who: "usual", route: "/v2/models/:model" },
      ({ request }) => metadataOf(modelOf(request), registry),
    ],
    ModelConfig: [
      { who: "usual", route: "/v2/models/:model/config" },
      ({ request }) => ({ config: configOf(modelOf(request)) }),
    ],
    ModelStatistics: [
      { who: "usual", route: "/v2/models/stats" },
      ({ request: { name, version } }) => allStatistics(service, name || undefined, version || undefined),
    ],
    ModelInfer: [
      { who: "usual", route: "/v2/models/:model/infer" },
      (call) => infer(service, call, begunWith(call.metadata)),
    ],
    RepositoryIndex: [
      { who: "admin", route: "/v2/repository/index" },
      async ({ request }) => {
        const models = await repository.index();
        return { models: request.ready ? models.filter(({ state }) => state === "READY") : models };
      },
    ],
    RepositoryModelLoad: [
      { who: "admin", route: "/v2/repository/models/:model/load" },
      (call) => change("load", call),
    ],
    RepositoryModelUnload: [
      { who: "admin", route: "/v2/repository/models/:model/unload" },
      (call) => change("unload", call),
    ],
  };
}

function implementation(methods: Methods, running: { calls: number }): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(methods).map(([name, [, answer]]) => {
      const handle: handleUnaryCall<unknown, object> = async (call, callback) => {
        running.calls++;
        try {
          callback(null, await answer(call as Call));
        } catch (error) {
          callback(failureOf(error));
        } finally {
          running.calls--;
        }
      };
      return [name, handle];
    }),
  );
}

const check = createCheck(inferBody, "the message");

async function infer(service: Service, call: Call, begun: Begun): Promise<object> {
  const message: InferMessage = call.request;
  const model = service.registry.get(message.model_name ?? "", message.model_version || undefined);
  const { json, binary } = asRest(message);
  const wrong = check(json);
  if (wrong) throw wrong;
  const asked = readInfer(model, json as InferBody, binary, service.maxRows);
  const deadline = call.getDeadline();
  const left = Number(deadline instanceof Date ? deadline.getTime() : deadline) - Date.now();
  const timeout = Math.min(left, service.timeout);
  const results = await runInfer({ ...service, timeout }, model, asked, {
    ...begun,
    wanted: () => !call.cancelled,
  });
  const found = asked.outputs.map(({ name }) => results.find((result) => result.name === name)!);
  return {
    model_name: model.name,
    model_version: model.version,
    id: asked.id ?? "",
    outputs: found.map(({ name, dims }) => ({
      name,
      datatype: datatypes[model.surrogate.dtype],
      shape: dims,
    })),
    raw_output_contents: found.map(({ data }) => bytesOf(data)),
  };
}
