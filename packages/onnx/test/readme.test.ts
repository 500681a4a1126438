import { expect, test } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

test("the snippet of the README runs and prints what it promises", async () => {
  const [written, found] = await runReadme(import.meta.url);
  expect(written).toMatch(/^\d+ bytes; onnxruntime and the model differ by \d\.\de-\d+ relative$/);
  expect(JSON.parse(found!)).toEqual({
    opset: 17,
    inputs: [{ name: "inputs", dtype: "float32", shape: ["batch", 15] }],
    metadata: { seed: 1, risks: { train: 0.0054, test: 0.039 } },
  });
});
