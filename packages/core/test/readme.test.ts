import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("the README's examples learn, predict, integrate and follow", async () => {
  const [learnt, predicted, digest, integrated, followed] = await runReadme(import.meta.url);
  expect(learnt).toBe("true");
  expect(Math.abs(Number(predicted) - 1.5)).toBeLessThan(0.2);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(integrated).toMatch(/^finished true \d+$/);
  expect(followed).toBe("finished true");
});
