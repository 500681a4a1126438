import { describe, expect, it } from "vitest";
import { penalisedProxies, proxies } from "../src/index.ts";
import { evaluateProxy, singleJacobian } from "./evaluate.ts";
import { family, ratios } from "./family.ts";

// l = -1, -2, -4, in a basis that is not orthogonal.
const matrix = [-1, 0.5, 0.25, 0, -2, 0.5, 0, 0, -4];

describe.each(Object.entries(proxies))("%s", (name, { exact, typical, unit, penalised }) => {
  it("is called what its function is called", () => {
    expect(exact().name.split(" ")[0]).toBe(name);
  });

  it("has the unit it says: J in another unit of time scales it, or does not", () => {
    const [once, twice] = [1, 2].map((scale) =>
      evaluateProxy(exact(), singleJacobian(matrix.map((x) => scale * x))),
    );
    expect(twice![0]! / once![0]!).toBeCloseTo(unit === "none" ? 1 : 2, 6);
    expect(typical).toBe(unit === "none" ? "median" : "mean");
  });

  it.each(Object.entries(penalised))("is what %s reports, and near what it computes", (_, { create }) => {
    const proxy = create();
    const { name } = proxy.exact ?? proxy;
    // Ratios are penalised by their logarithms.
    expect(name.replace(/^log /, "")).toBe(exact().name);
    const [trained, reported] = [proxy, proxy.exact ?? proxy].map(
      (one) => evaluateProxy(one, singleJacobian(matrix))[0]!,
    );
    expect(Math.abs(trained! / reported! - 1)).toBeLessThan(1e-2);
  });
});

it("no two ways to penalise share a name or a label, and the tests of the family know each of them", () => {
  const rows = Object.values(proxies).flatMap(({ penalised }) => Object.entries(penalised));
  expect(Object.keys(penalisedProxies)).toEqual(rows.map(([name]) => name));
  expect(new Set(rows.map(([, { label }]) => label)).size).toBe(rows.length);
  const method = (name: string) => name.split(",")[0];
  const tested = new Set([...family.map(({ proxy }) => proxy), ...ratios].map(({ name }) => method(name)));
  for (const { create } of Object.values(penalisedProxies)) expect(tested).toContain(method(create().name));
});
