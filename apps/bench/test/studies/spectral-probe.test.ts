import { type JacobianBatch, resnet, train } from "@stiffnet/core";
import { friedman, sample } from "@stiffnet/datasets";
import {
  type DifferentiableProxy,
  spectralRadiiOf,
  spectralRadius,
  stiffnessPenalty,
} from "@stiffnet/stiffness";
import { describe, expect, it } from "vitest";
import { jacobianBatch } from "../../../../packages/stiffness/test/evaluate.ts";
import { pointsOf, proxyOf, spectralMethods } from "../../src/studies/spectral/accuracy.ts";
import { type Probe, probeOf } from "../../src/studies/spectral/probe.ts";
import reference from "../reference/spectral.json" with { type: "json" };

describe("exact values and gradients", () => {
  it.each(reference.cases)("agree with LAPACK: $name", ({ weights, slopes, radius, condition, gradient }) => {
    const exact = spectralRadiiOf(jacobianBatch(1, slopes.length, 1, weights, slopes));
    // Both are backward stable in float64. An error is roundings times the condition, at most 1e2 here, and
    // the number of unknowns. A gradient has the error of the vectors, times the inverse gap.
    expect(Math.abs(exact.radii[0]! / radius - 1)).toBeLessThan(1e-11);
    expect(Math.abs(exact.conditions[0]! / condition - 1)).toBeLessThan(1e-8);
    const own = exact.gradient([1]).weights;
    const size = Math.hypot(...gradient);
    expect(Math.hypot(...gradient.map((g, k) => g - own[k]!)) / size).toBeLessThan(1e-8);
  });

  it("are layer by layer, and weighted by the cotangents", () => {
    const [a, b] = [reference.cases[3]!, reference.cases[4]!];
    const both = [...a.slopes, ...a.slopes, ...b.slopes, ...b.slopes];
    const exact = spectralRadiiOf(jacobianBatch(2, 8, 2, [...a.weights, ...b.weights], both));
    const expected = [a.radius, a.radius, b.radius, b.radius];
    for (const [k, radius] of expected.entries()) expect(exact.radii[k]).toBeCloseTo(radius, 10);
    const gradient = exact.gradient([1, 0.5, 0, -2]).weights;
    for (let k = 0; k < 64; k++) {
      expect(gradient[k]).toBeCloseTo(1.5 * a.gradient[k]!, 8);
      expect(gradient[64 + k]).toBeCloseTo(-2 * b.gradient[k]!, 8);
    }
  });

  it("are NaN with gradient 0 where a Jacobian is not finite, 0 where it is 0", () => {
    const exact = spectralRadiiOf(jacobianBatch(2, 2, 1, [1, 0, Number.NaN, 1, 0, 0, 0, 0], [1, 1, 1, 1]));
    expect([...exact.radii]).toEqual([Number.NaN, 0]);
    expect([...exact.gradient([1, 1]).weights]).toEqual(new Array(8).fill(0));
  });
});

const data = sample(friedman(), { train: 60, test: 10, seed: 2 });

async function trained(proxy: DifferentiableProxy, epochs = 4) {
  const model = resnet({ inputs: data.inputNames.length, outputs: 1, width: 6, depth: 3, seed: 1 });
  const { inputNames, outputNames, preparation } = data;
  return train({ ...model, inputNames, outputNames, preparation }, data, {
    epochs,
    batchSize: 20,
    penalty: stiffnessPenalty(proxy, { weight: 0.1 }),
  });
}

function watch(methods: readonly DifferentiableProxy[], at: readonly number[], probed = 2): Probe {
  return probeOf(methods, { at: new Set(at), calls: { perEpoch: 3, probed } });
}

describe("probe", () => {
  it.each(spectralMethods)("does not change a training by %s, to the bit", async (method) => {
    const others = spectralMethods.filter((other) => other !== method);
    const probe = watch([method, ...others].map(proxyOf), [1, 2, 4]);
    const [plain, watched] = [await trained(proxyOf(method)), await trained(probe.proxy)];
    expect(watched.digest).toBe(plain.digest);
    expect(watched.history.map(({ statistics }) => statistics ?? {})).toEqual(
      plain.history.map(({ statistics }) => statistics ?? {}),
    );
  });

  it("gives the others the start vectors of a training of their own", async () => {
    // The number of powers changes only the gradient. Values are equal as long as the Jacobians are.
    const probe = watch([spectralRadius(), spectralRadius({ powers: 1 })], [4], 3);
    await trained(probe.proxy);
    for (const { methods } of probe.batches) expect(methods[1]!.errors).toEqual(methods[0]!.errors);
  });

  it("looks at the batches it was asked for", async () => {
    const probe = watch([proxyOf("gelfand")], [1, 3]);
    await trained(probe.proxy);
    expect(probe.batches.map(({ epoch }) => epoch)).toEqual([1, 1, 3, 3]);
    expect(probe.batches.map(({ methods }) => methods[0]!.errors.length)).toEqual([60, 60, 60, 60]);
  });

  it("sees values that are a tenth too large, and gradients that point elsewhere", async () => {
    const honest = spectralRadius({ method: "gelfand", squarings: 14 });
    const probe = watch([honest, altered(honest, 1.1, false), altered(honest, 1, true)], [2]);
    await trained(probe.proxy);
    for (const { methods } of probe.batches) {
      const [exact, large, turned] = methods as [
        (typeof methods)[0],
        (typeof methods)[0],
        (typeof methods)[0],
      ];
      // log(sqrt(6)) / 2^14 and the condition of the eigenvectors, and the gradient of that.
      for (const error of exact.errors) expect(error).toBeLessThan(1e-3);
      for (const error of large.errors) expect(Math.abs(error - 0.1)).toBeLessThan(2e-3);
      expect(exact.cosine).toBeGreaterThan(0.999);
      // The penalty's gradient is the value times that of the value.
      expect(large.cosine).toBeCloseTo(exact.cosine, 6);
      expect(turned.cosine).toBeCloseTo(-exact.cosine, 6);
    }
  });
});

/** A method that is wrong on purpose: its values times a factor, its gradient turned round. */
function altered(proxy: DifferentiableProxy, factor: number, turned: boolean): DifferentiableProxy {
  return {
    name: `${proxy.name}, altered`,
    bind(space) {
      const bound = proxy.bind(space);
      return {
        ...bound,
        evaluate(jacobians: JacobianBatch, values, indices) {
          bound.evaluate(jacobians, values, indices);
          for (let k = 0; k < jacobians.depth * jacobians.batch; k++) values[k]! *= factor;
        },
        pullbackSlopes(jacobians, cotangent, slopes) {
          bound.pullbackSlopes(jacobians, turned ? cotangent.map((c) => -c) : cotangent, slopes);
        },
      };
    },
  };
}

describe("points of training", () => {
  it("go from the first to the last epoch at about equal ratios, each once", () => {
    expect(pointsOf(1000, 4)).toEqual([1, 10, 100, 1000]);
    expect(pointsOf(3, 6)).toEqual([1, 2, 3]);
    expect(pointsOf(50, 1)).toEqual([50]);
    expect(pointsOf(1, 6)).toEqual([1]);
  });
});
