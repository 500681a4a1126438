import { alpine02, borehole, dalecDataset, latinHypercube, sample } from "@stiffnet/datasets";
import { tableOf } from "@stiffnet/tables";
import { expect, it } from "vitest";

// Digests as they came out on x86-64 under Node 20. Another one means that datasets changed, or that
// something computes with the platform's own functions.
it.each([
  ["Alpine 2", () => sample(alpine02(2), { train: 900, test: 100, seed: 1 }).digest, "a56842e832abe118"],
  [
    "a Latin hypercube",
    () => sample(borehole(), { train: 50, test: 20, sampler: latinHypercube(), seed: 7 }).digest,
    "7dd79194cc95027b",
  ],
  ["DALEC at its site", () => dalecDataset({ train: 40, test: 10 }).digest, "273b3f2f463c19dd"],
  [
    "DALEC over the globe",
    () => dalecDataset({ ensemble: "global", train: 40, test: 10, seed: 3 }).digest,
    "a544f1d6bdad0170",
  ],
  [
    "a split",
    () =>
      tableOf(
        ["x", "y"],
        Array.from({ length: 50 }, (_, i) => [i, i * i]),
      ).split({ inputs: "x", outputs: "y", seed: 2 }).digest,
    "f6fd24e39368efa2",
  ],
])("%s has the same digest everywhere", (_, digest, expected) => {
  expect(digest().slice(0, 16)).toBe(expected);
});
