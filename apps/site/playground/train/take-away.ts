import { save } from "../browser.ts";

/** Writers of the files that a trained network downloads as, by file ending. */
export const takeAways: Readonly<Record<string, (onnx: Uint8Array, name: string) => Promise<void>>> = {
  async ONNX(onnx, name) {
    save(onnx, `${name}.onnx`);
  },
  // Each is loaded when it is asked for.
  async HTML(onnx, name) {
    const { surrogateHtml } = await import("stiffnet-serve/html");
    save(new TextEncoder().encode(await surrogateHtml(onnx, name)), `${name}.html`);
  },
  /** Two files, as TensorFlow.js itself leaves them with a visitor. */
  async "TensorFlow.js"(onnx, name) {
    const { encodeTfjs, tfjsFiles } = await import("@stiffnet/tfjs/graph");
    const { json, weights } = tfjsFiles(await encodeTfjs(onnx), `${name}.weights.bin`);
    save(json, `${name}.json`);
    save(weights, `${name}.weights.bin`);
  },
};
