// Graph models: they need no TensorFlow.js, and so a browser can take them alone.
export { encodeTfjs, tfjsFiles } from "./graph/encode-tfjs.ts";
export type { TfjsModel } from "./graph/graph-model.ts";
