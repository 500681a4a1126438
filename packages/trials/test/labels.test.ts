import { expect, it } from "vitest";
import { labelOf } from "../src/configuration/labels.ts";
import { comparedModels } from "../src/options/penalties.ts";

it("readers get words for the short names, and the names of a user's own as they are", () => {
  const short = comparedModels("res,l2=1e-5,stiff=1e-3,gelfand=1e-3,lognorm=1e-3,lognorm=1e-2");
  expect(short.map((model) => [model.name, labelOf(model)])).toEqual([
    ["RES", "no penalty"],
    ["RES L2", "L2 penalty"],
    ["RES stiff", "spectral-radius penalty"],
    ["RES stiff (gelfand)", "spectral-radius penalty (Gelfand)"],
    ["RES lognorm 0.001", "logarithmic-norm penalty 0.001"],
    ["RES lognorm 0.01", "logarithmic-norm penalty 0.01"],
  ]);
  const penalty = { kind: "stiff", weight: 1e-3 } as const;
  expect(labelOf({ name: "NODE stiff rk4", penalty })).toBe("spectral-radius penalty rk4");
  expect(labelOf({ name: "RES stiffer", penalty })).toBe("RES stiffer");
  expect(labelOf({ name: "RES L2", penalty })).toBe("RES L2");
  expect(labelOf({ name: "RESNET" })).toBe("RESNET");
});
