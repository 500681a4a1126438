import { expect, test } from "vitest";
import { float32Text } from "../src/inference/float32-text.ts";

test("several stand with commas between them, and are read back as they were", () => {
  const values = Float32Array.from({ length: 3000 }, (_, k) =>
    k % 7 === 0 ? -k : Math.sin(k) * 10 ** ((k % 80) - 42),
  );
  const textOf = (value: number): string => float32Text(Float32Array.of(value));
  expect(float32Text(values)).toBe(Array.from(values, textOf).join(","));
  expect(Float32Array.from(JSON.parse(`[${float32Text(values)}]`))).toEqual(values);
});
