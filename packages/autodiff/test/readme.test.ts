import { expect, test } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";
import scipy from "../../integrators/test/reference/scipy-steps.json" with { type: "json" };

test("the snippets of the solvers' guide run and print what they say", async () => {
  expect(await runReadme(import.meta.url, "../../docs/guide/integrators.md")).toEqual([
    "finished",
    expect.stringMatching(/^finished 2\.083\d+e-8 0,1,0,1,2,0,1$/),
  ]);
});

test("the README's snippet: the end of Robertson's reaction, and its derivative by a rate", async () => {
  const [end, gradient] = await runReadme(import.meta.url);
  // cvRoberts_dns of SUNDIALS prints this state at t = 40.
  const [a, b, c] = end!.split(",").map(Number);
  expect(a).toBeCloseTo(0.71583, 5);
  expect(b).toBeCloseTo(9.1855e-6, 9);
  expect(c).toBeCloseTo(0.28416, 5);
  // SciPy's Radau on the augmented system.
  expect(Number(gradient) / scipy.robertson.byRate[1]![6]!).toBeCloseTo(1, 6);
});
