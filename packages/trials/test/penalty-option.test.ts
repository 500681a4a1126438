import { describe, expect, it } from "vitest";
import { modelsOf, penalty } from "../src/options/penalties.ts";

describe("a penalty on the command line", () => {
  it.each([
    ["l2=1e-5", { kind: "l2", weight: 1e-5 }],
    ["stiff=1e-3", { kind: "stiff", weight: 1e-3 }],
    ["stiff:sum=1e-3", { kind: "stiff", weight: 1e-3, aggregate: "sum" }],
    ["stiff:all=1e-3", { kind: "stiff", weight: 1e-3, subset: 1 }],
    ["stiff:max:0.4=2", { kind: "stiff", weight: 2, aggregate: "max", subset: 0.4 }],
    ["stiff:0.4:max=2", { kind: "stiff", weight: 2, aggregate: "max", subset: 0.4 }],
    ["lognorm:all=1e-3", { kind: "lognorm", weight: 1e-3, subset: 1 }],
  ])("%s", (text, expected) => {
    expect(penalty.read(text)).toEqual(expected);
  });

  it.each([
    "stiff:2=1",
    "stiff:0=1",
    "stiff:sum:max=1",
    "stiff:0.2:0.4=1",
    "l2:all=1",
    "stiff:most=1",
    "stiff=-1",
  ])("%s is refused", (text) => {
    expect(penalty.read(text)).toBeUndefined();
  });

  it("names models of one kind by their weights, and by their shares", () => {
    const names = (...texts: string[]) =>
      modelsOf(texts.map((text) => penalty.read(text)!)).map(({ name }) => name);
    expect(names("stiff=1e-3", "l2=1")).toEqual(["RES stiff", "RES L2"]);
    expect(names("stiff=1e-3", "stiff:all=1e-3")).toEqual(["RES stiff 0.001", "RES stiff 0.001 subset 1"]);
  });
});
