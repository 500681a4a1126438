import type { ServiceDefinition } from "@grpc/grpc-js";
import protobuf from "protobufjs/light.js";

/* The messages of inference.GRPCInferenceService, with the model repository extension. Field numbers are the protocol.
 * https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol#grpc */

const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: "repeated", type, id });
const map = (id: number, type = "InferParameter") => ({ keyType: "string", type, id });
const named = { name: one("string", 1), version: one("string", 2) };

const root = protobuf.Root.fromJSON({
  nested: {
    Empty: { fields: {} },
    Live: { fields: { live: one("bool", 1) } },
    Ready: { fields: { ready: one("bool", 1) } },
    ModelName: { fields: named },
    ServerMetadata: { fields: { ...named, extensions: many("string", 3) } },
    TensorMetadata: {
      fields: { name: one("string", 1), datatype: one("string", 2), shape: many("int64", 3) },
    },
    ModelMetadata: {
      fields: {
        name: one("string", 1),
        versions: many("string", 2),
        platform: one("string", 3),
        inputs: many("TensorMetadata", 4),
        outputs: many("TensorMetadata", 5),
      },
    },
    InferParameter: {
      oneofs: { choice: { oneof: ["boolParam", "int64Param", "stringParam", "doubleParam", "uint64Param"] } },
      fields: {
        boolParam: one("bool", 1),
        int64Param: one("int64", 2),
        stringParam: one("string", 3),
        doubleParam: one("double", 4),
        uint64Param: one("uint64", 5),
      },
    },
    InferTensorContents: { fields: { fp32Contents: many("float", 6), fp64Contents: many("double", 7) } },
    InferInput: {
      fields: {
        name: one("string", 1),
        datatype: one("string", 2),
        shape: many("int64", 3),
        parameters: map(4),
        contents: one("InferTensorContents", 5),
      },
    },
    RequestedOutput: { fields: { name: one("string", 1), parameters: map(2) } },
    InferRequest: {
      fields: {
        modelName: one("string", 1),
        modelVersion: one("string", 2),
        id: one("string", 3),
        parameters: map(4),
        inputs: many("InferInput", 5),
        outputs: many("RequestedOutput", 6),
        rawInputContents: many("bytes", 7),
      },
    },
    InferOutput: { fields: { name: one("string", 1), datatype: one("string", 2), shape: many("int64", 3) } },
    InferResponse: {
      fields: {
        modelName: one("string", 1),
        modelVersion: one("string", 2),
        id: one("string", 3),
        outputs: many("InferOutput", 5),
        rawOutputContents: many("bytes", 6),
      },
    },
    IndexRequest: { fields: { repositoryName: one("string", 1), ready: one("bool", 2) } },
    ModelIndex: { fields: { ...named, state: one("string", 3), reason: one("string", 4) } },
    IndexResponse: { fields: { models: many("ModelIndex", 1) } },
    RepositoryModel: { fields: { repositoryName: one("string", 1), modelName: one("string", 2) } },
  },
});

export type Parameter = Readonly<Record<string, boolean | number | string>>;
export interface InferMessage {
  readonly modelName?: string;
  readonly modelVersion?: string;
  readonly id?: string;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly inputs: readonly {
    readonly name?: string;
    readonly datatype?: string;
    readonly shape: readonly number[];
    readonly parameters?: Readonly<Record<string, Parameter>>;
    readonly contents?: {
      readonly fp32Contents: readonly number[];
      readonly fp64Contents: readonly number[];
    };
  }[];
  readonly outputs: readonly {
    readonly name?: string;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  }[];
  readonly rawInputContents: readonly Uint8Array[];
}

function codec(name: string) {
  const type = root.lookupType(name);
  return {
    write: (message: object): Buffer => Buffer.from(type.encode(type.fromObject(message)).finish()),
    read: (bytes: Buffer): object =>
      type.toObject(type.decode(bytes), { longs: Number, arrays: true, defaults: false }),
  };
}

function method(name: string, request: string, response: string) {
  const [asked, answered] = [codec(request), codec(response)];
  return {
    path: `/inference.GRPCInferenceService/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asked.write,
    requestDeserialize: asked.read,
    responseSerialize: answered.write,
    responseDeserialize: answered.read,
  };
}

export const inferenceService: ServiceDefinition = {
  serverLive: method("ServerLive", "Empty", "Live"),
  serverReady: method("ServerReady", "Empty", "Ready"),
  modelReady: method("ModelReady", "ModelName", "Ready"),
  serverMetadata: method("ServerMetadata", "Empty", "ServerMetadata"),
  modelMetadata: method("ModelMetadata", "ModelName", "ModelMetadata"),
  modelInfer: method("ModelInfer", "InferRequest", "InferResponse"),
  repositoryIndex: method("RepositoryIndex", "IndexRequest", "IndexResponse"),
  repositoryModelLoad: method("RepositoryModelLoad", "RepositoryModel", "Empty"),
  repositoryModelUnload: method("RepositoryModelUnload", "RepositoryModel", "Empty"),
};
