import { evaluate, train, withDepth } from "@stiffnet/core";
import { describe, expect, it } from "vitest";
import { readAddress } from "../playground/address.ts";
import { type Side, trainFields } from "../playground/train/config.ts";
import { dataOf, modelOf, penaltyOf, settingsOf } from "../playground/train/setup.ts";

describe("what the playground shows first", () => {
  it("is so for most seeds: the plain network loses more with a quarter of its layers", async () => {
    const found = await Promise.all([1, 2, 3, 4, 5, 6].map(lossesOf));
    // The first is shown.
    expect(found[0]!.plain).toBeGreaterThan(found[0]!.penalised);
    expect(found.filter(({ gain }) => gain > 1.3).length).toBeGreaterThanOrEqual(5);
    expect(found.filter(({ plain }) => plain > 3).length).toBeGreaterThanOrEqual(5);
  });

  async function lossesOf(seed: number) {
    const config = { ...readAddress(trainFields, "").state, seed };
    const data = dataOf(config);
    const errorsOf = async (side: Side) => {
      const penalty = penaltyOf(config, side);
      const { model } = await train(modelOf(config, data), data, {
        ...settingsOf(config),
        ...(penalty && { penalty }),
      });
      return [model, withDepth(model, 2)].map((one) => evaluate(one, data.test).risk);
    };
    const [plain, penalised] = [await errorsOf("plain"), await errorsOf("penalised")];
    return {
      plain: plain[1]! / plain[0]!,
      penalised: penalised[1]! / penalised[0]!,
      gain: plain[1]! / penalised[1]!,
    };
  }
});
