// An ONNX file part by part, for packages that turn it into something else.
export type { OpType } from "./graph.ts";
export { rawBytes, realValues } from "./graph.ts";
export { readSurrogate, type Surrogate } from "./import-onnx.ts";
export {
  dataTypes,
  decodeModel,
  encodeModel,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from "./proto.ts";
export { version } from "./version.ts";
