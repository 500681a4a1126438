export { encodeOnnx } from "./encode.ts";
export { OnnxError } from "./errors.ts";
export { exportEnsemble, exportOnnx, type OnnxExport } from "./export-onnx.ts";
export { encodeGaussian, exportGaussian, type GaussianExportOptions, importGaussian } from "./gaussian.ts";
export type { RealType } from "./graph.ts";
export { importOnnx } from "./import-onnx.ts";
export {
  descriptionText,
  type GaussianConfig,
  inspectOnnx,
  type OnnxDescription,
  requireSurrogate,
  type SurrogateDescription,
  type TensorDescription,
  type Variable,
} from "./inspect.ts";
export type { ExportOptions, Json } from "./options.ts";
export type { OnnxSource } from "./source.ts";
export { usualRows, type Verification, type VerifyOptions, verifyOnnx } from "./verify.ts";
