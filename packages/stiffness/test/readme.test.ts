import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("the README's examples train with the penalty, look at the network and penalise the divergence", async () => {
  const [plain, gentle, view, divergence] = await runReadme(import.meta.url);
  expect(Number(gentle)).toBeLessThan(Number(plain));
  expect(view).toMatch(/^4 layers, 20 samples, step alpha = 1 \/ 4 = 0\.25\n/);
  expect(Math.abs(Number(divergence))).toBeLessThan(0.05);
});
