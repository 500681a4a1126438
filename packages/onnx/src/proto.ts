import { concatenated, createDigest } from "@stiffnet/base";
import protobuf from "protobufjs/light.js";
import { OnnxError } from "./errors.ts";

/* The part of onnx.proto (ONNX 1.12, IR version 8) that a surrogate uses. Field numbers are the format.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */

const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: "repeated", type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: one("int64", 1),
        producerName: one("string", 2),
        producerVersion: one("string", 3),
        domain: one("string", 4),
        modelVersion: one("int64", 5),
        docString: one("string", 6),
        graph: one("GraphProto", 7),
        opsetImport: many("OperatorSetIdProto", 8),
        metadataProps: many("StringStringEntryProto", 14),
      },
    },
    OperatorSetIdProto: { fields: { domain: one("string", 1), version: one("int64", 2) } },
    StringStringEntryProto: { fields: { key: one("string", 1), value: one("string", 2) } },
    GraphProto: {
      fields: {
        node: many("NodeProto", 1),
        name: one("string", 2),
        initializer: many("TensorProto", 5),
        docString: one("string", 10),
        input: many("ValueInfoProto", 11),
        output: many("ValueInfoProto", 12),
      },
    },
    NodeProto: {
      fields: {
        input: many("string", 1),
        output: many("string", 2),
        name: one("string", 3),
        opType: one("string", 4),
        attribute: many("AttributeProto", 5),
        domain: one("string", 7),
      },
    },
    AttributeProto: {
      fields: {
        name: one("string", 1),
        f: one("float", 2),
        i: one("int64", 3),
        s: one("bytes", 4),
        t: one("TensorProto", 5),
        floats: many("float", 7),
        ints: many("int64", 8),
        type: one("int32", 20),
      },
    },
    TensorProto: {
      fields: {
        dims: many("int64", 1),
        dataType: one("int32", 2),
        floatData: many("float", 4),
        int64Data: many("int64", 7),
        name: one("string", 8),
        rawData: one("bytes", 9),
        doubleData: many("double", 10),
        dataLocation: one("int32", 14),
      },
    },
    ValueInfoProto: {
      fields: { name: one("string", 1), type: one("TypeProto", 2), docString: one("string", 3) },
    },
    TypeProto: { fields: { tensorType: one("TensorTypeProto", 1) } },
    TensorTypeProto: { fields: { elemType: one("int32", 1), shape: one("TensorShapeProto", 2) } },
    TensorShapeProto: { fields: { dim: many("DimensionProto", 1) } },
    DimensionProto: { fields: { dimValue: one("int64", 1), dimParam: one("string", 2) } },
  },
});

const ModelProto = root.lookupType("ModelProto");

/** TensorProto.DataType and AttributeProto.AttributeType. */
export const dataTypes = { float32: 1, int64: 7, float64: 11 } as const;
export const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

export interface OnnxAttribute {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: number[];
  floats?: number[];
  t?: OnnxTensor;
}
export interface OnnxNode {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: OnnxAttribute[];
  domain?: string;
}
export interface OnnxTensor {
  dims: number[];
  dataType: number;
  name: string;
  rawData: Uint8Array;
  /** Other writers store numbers here instead of in `rawData`. */
  floatData?: number[];
  doubleData?: number[];
  int64Data?: number[];
  /** 1 if the numbers are in another file. */
  dataLocation?: number;
}
export interface OnnxDimension {
  dimValue?: number;
  dimParam?: string;
}
export interface OnnxValue {
  name: string;
  docString?: string;
  type: { tensorType: { elemType: number; shape: { dim: OnnxDimension[] } } };
}
export interface OnnxModel {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  docString: string;
  graph: {
    name: string;
    node: OnnxNode[];
    initializer: OnnxTensor[];
    input: OnnxValue[];
    output: OnnxValue[];
  };
  opsetImport: { domain: string; version: number }[];
  metadataProps: { key: string; value: string }[];
}

const checksumKey = "stiffnet.checksum";

/** The bytes of a model: fields in the order of their numbers, so the same model gives the same bytes. The
 *  last entry of its metadata is the SHA-256 of all bytes before that entry. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const metadataProps = model.metadataProps.filter(({ key }) => key !== checksumKey);
  const body = ModelProto.encode(ModelProto.fromObject({ ...model, metadataProps })).finish();
  return concatenated(Uint8Array, [body, checksumEntry(body)]);
}

/** Protobuf messages that follow one another are one message, so that an entry can be appended. */
function checksumEntry(body: Uint8Array): Uint8Array {
  const value = createDigest().update(body).hex();
  return ModelProto.encode({ metadataProps: [{ key: checksumKey, value }] }).finish();
}

export const hasChecksum = ({ metadataProps }: OnnxModel): boolean =>
  metadataProps.some(({ key }) => key === checksumKey);

function isWhole(bytes: Uint8Array): boolean {
  const { length } = checksumEntry(new Uint8Array());
  const body = bytes.subarray(0, -length);
  const entry = bytes.subarray(-length);
  return checksumEntry(body).every((byte, k) => byte === entry[k]);
}

/** Reads a model and compares its bytes with its checksum, where it has one. `from` names the file in the
 *  error of bytes that are no model, or another one than was exported. */
export function decodeModel(bytes: Uint8Array, from: string): OnnxModel {
  const refuse = (why: string): OnnxError =>
    new OnnxError(`${from}: not an ONNX file (${why})`, { code: "not_onnx" });
  if (bytes.length === 0) throw refuse("it is empty");
  let model: OnnxModel;
  try {
    model = ModelProto.toObject(ModelProto.decode(bytes), {
      longs: Number,
      arrays: true,
      defaults: false,
    }) as OnnxModel;
  } catch {
    throw refuse("its bytes are not a protobuf message of the ONNX schema");
  }
  if (!model.graph || !model.irVersion || model.opsetImport.length === 0) {
    throw refuse("it holds no graph, IR version or operator set");
  }
  if (hasChecksum(model) && !isWhole(bytes)) {
    throw new OnnxError(
      `${from}: the bytes do not have the checksum that the export wrote (the file is incomplete or was changed)`,
      { code: "damaged" },
    );
  }
  return model;
}
