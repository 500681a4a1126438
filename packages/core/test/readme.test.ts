import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("the README's example learns and predicts", async () => {
  const [learnt, predicted, digest] = await runReadme(import.meta.url);
  expect(learnt).toBe("true");
  expect(Math.abs(Number(predicted) - 1.5)).toBeLessThan(0.2);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
});
