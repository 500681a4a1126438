// onnxruntime reads the variable when it is loaded. Without it, it looks its maker's host up and writes an id
// into the user's cache.
process.env.ORT_DISABLE_TELEMETRY ??= "1";
export const { default: ort } = await import("onnxruntime-node");
