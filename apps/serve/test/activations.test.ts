import { activations as known } from "@stiffnet/core";
import { describe, expect, test } from "vitest";
import { activations } from "../page/activations.js";

test("every activation that a network can have is on the page, and no other", () => {
  expect(Object.keys(activations).sort()).toEqual([...known].sort());
});

describe.each(known)("%s on the page", (name) => {
  test("has the slope of its values", () => {
    const { value, slope } = activations[name];
    for (const z of [-30, -3, -0.7, 0.2, 1.1, 4, 30]) {
      // Central differences: the step squared times the third derivative, and rounding over the step.
      expect(slope(z)).toBeCloseTo((value(z + 1e-5) - value(z - 1e-5)) / 2e-5, 8);
    }
  });
});
