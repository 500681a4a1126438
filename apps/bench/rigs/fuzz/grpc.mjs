// The same requests over gRPC: right ones, ones with a fault, and bytes that are no message.
import { fileURLToPath } from "node:url";
import { Client, credentials, makeGenericClientConstructor, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { closeTo, wellFormed } from "./well-formed.mjs";

const proto = fileURLToPath(new URL("../../../serve/proto/inference.proto", import.meta.url));
const service = loadSync(proto, { longs: Number, arrays: true })["inference.GRPCInferenceService"];
const { path, requestSerialize } = service.ModelInfer;

/** A client of a server's gRPC port. */
export function grpcClient(address) {
  const made = new (makeGenericClientConstructor(service, "any"))(address, credentials.createInsecure());
  const plain = new Client(address, credentials.createInsecure());
  const answerTo = (call) =>
    new Promise((resolve) => {
      call((error, answer) =>
        resolve(error ? { status: `grpc ${error.code}`, error } : { status: "grpc 0", answer }),
      );
    });
  return {
    send: (message) => answerTo((done) => made.ModelInfer(message, done)),
    sendBytes: (bytes) =>
      answerTo((done) =>
        plain.makeUnaryRequest(
          path,
          (b) => b,
          (b) => b,
          bytes,
          done,
        ),
      ),
    close() {
      made.close();
      plain.close();
    },
  };
}

/** A message with its numbers in contents or as bytes, and what it must be answered with. */
function message(context, random) {
  const { rows, expected, scale } = wellFormed(context, random);
  const data = Float32Array.from(rows.flat());
  const raw = random.below(2) === 1;
  const tensor = { name: "inputs", datatype: "FP32", shape: [rows.length, rows[0].length] };
  return {
    expected,
    scale,
    body: {
      modelName: context.model.name,
      id: random.among(["", "a", "é漢字"]),
      inputs: [{ ...tensor, ...(!raw && { contents: { fp32Contents: [...data] } }) }],
      outputs: [{ name: "outputs" }],
      ...(raw && { rawInputContents: [Buffer.from(data.buffer)] }),
    },
  };
}

export function grpcValid({ grpc, ...context }, random) {
  const { body, expected, scale } = message(context, random);
  const check = ({ answer, error }) => {
    if (error) return `${error.code}: ${error.details}`;
    if (answer.id !== body.id) return "another id";
    const [bytes] = answer.rawOutputContents;
    const found = bytes
      ? new Float32Array(Uint8Array.from(bytes).buffer)
      : answer.outputs[0].contents.fp32Contents;
    return closeTo(expected, found, scale);
  };
  return { valid: true, send: () => grpc.send(body), check };
}

/** Errors of the client, or of a server that cannot answer now. */
const expectedCodes = [
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.RESOURCE_EXHAUSTED,
  status.UNIMPLEMENTED,
  status.UNAVAILABLE,
];
const isGrpcError = ({ error }) => {
  if (!error) return "answered, expected an error";
  if (!expectedCodes.includes(error.code)) return `code ${error.code}: ${error.details}`;
  return error.details.length > 0 && !error.details.includes("\n") ? undefined : "not one line of text";
};

export function grpcMutated({ grpc, ...context }, random) {
  const { body } = message(context, random);
  const [input] = body.inputs;
  const mutations = [
    () => (body.modelName = random.among(["", "x", "__proto__", "../model", "漢"])),
    () => (body.modelVersion = random.among(["99", "x", "-1"])),
    () =>
      (input.shape = random.among([
        [],
        [1],
        [-1, 3],
        [2 ** 40, 3],
        [0, 3],
        [input.shape[0] + 1, input.shape[1]],
      ])),
    () => (input.datatype = random.among(["", "FP64", "INT32", "BYTES", "fp32"])),
    () => (input.name = random.among(["", "input", "__proto__"])),
    () => (body.inputs = random.among([[], [input, input]])),
    () =>
      (body.outputs = random.among([
        [{ name: "y" }],
        [{ name: "" }],
        [{ name: "outputs" }, { name: "outputs" }],
      ])),
    () => (body.outputs[0].parameters = { classification: { int64Param: 3 } }),
    () => (body.parameters = { timeout: { int64Param: -1 } }),
    () => (input.parameters = { shared_memory_region: { stringParam: "a" } }),
    () => {
      body.rawInputContents = [Buffer.alloc(random.among([1, 4 * input.shape[0] * input.shape[1] + 4]))];
      delete input.contents;
    },
    () => {
      input.contents = { fp32Contents: [1] };
      input.shape = [7, input.shape[1]];
    },
    () => (input.contents = { int64Contents: [1, 2, 3] }),
  ];
  random.among(mutations)();
  return { send: () => grpc.send(body), check: isGrpcError };
}

/** Bytes of a right message, changed here and there: answered, or refused as no message. */
export function grpcBytes({ grpc, ...context }, random) {
  const bytes = Buffer.from(requestSerialize(message(context, random).body));
  const changes = 1 + random.below(4);
  for (let k = 0; k < changes; k++) bytes[random.below(bytes.length)] = random.below(256);
  const cut = random.below(3) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
  const check = ({ error }) => {
    // That bytes are no message is found by the library, which calls it internal.
    if (!error || /deserializ/i.test(error.details)) return undefined;
    return isGrpcError({ error });
  };
  return { send: () => grpc.sendBytes(cut), check };
}
