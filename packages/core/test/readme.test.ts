import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("the README's example learns, predicts and integrates", async () => {
  const [learnt, predicted, digest, integrated] = await runReadme(import.meta.url);
  expect(learnt).toBe("true");
  expect(Math.abs(Number(predicted) - 1.5)).toBeLessThan(0.2);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(integrated).toMatch(/^finished \d+$/);
});

it.each([
  ["docs/models.md", "finished true"],
  ["docs/trajectories.md", "finished true"],
  ["docs/training.md", "true"],
])("the example of %s", async (document, printed) => {
  expect(await runReadme(import.meta.url, document)).toEqual([printed]);
});
