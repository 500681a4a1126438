import { createHash } from "node:crypto";
import {
  createDigest,
  digestOf,
  littleEndian,
  nonNegative,
  positive,
  randomStream,
  resumeStream,
  StiffnetError,
  shortened,
  shuffle,
  swapped,
  whole,
} from "@stiffnet/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("digests", () => {
  // FIPS 180-4, the examples of SHA-256.
  it.each([
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("are SHA-256: %#", (text, digest) => {
    expect(createDigest().update(text).hex()).toBe(digest);
  });

  it("are OpenSSL's, however the pieces are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.string({ unit: "grapheme" }))), (pieces) => {
        const digest = createDigest();
        const hash = createHash("sha256");
        for (const piece of pieces) {
          digest.update(piece);
          hash.update(piece);
        }
        expect(digest.hex()).toBe(hash.digest("hex"));
      }),
    );
  });

  it("of arrays are of their little-endian bytes", () => {
    const single = Buffer.alloc(8);
    single.writeFloatLE(1.5, 0);
    single.writeFloatLE(-2, 4);
    expect(digestOf(Float32Array.of(9, 1.5, -2).subarray(1))).toBe(
      createHash("sha256").update(single).digest("hex"),
    );
    const double = Buffer.alloc(8);
    double.writeDoubleLE(Math.PI);
    expect(Buffer.from(littleEndian(Float64Array.of(Math.PI)))).toEqual(double);
    expect(swapped(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 4)).toEqual(Uint8Array.of(4, 3, 2, 1, 8, 7, 6, 5));
  });
});

describe("random streams", () => {
  it("are functions of seed and index, and go on from a state", () => {
    const a = randomStream(1, 2);
    const first = Array.from({ length: 5 }, () => a.uniform());
    const b = randomStream(1, 2);
    expect(Array.from({ length: 5 }, () => b.uniform())).toEqual(first);
    expect(randomStream(1, 3).uniform()).not.toBe(first[0]);
    expect(randomStream(2, 2).uniform()).not.toBe(first[0]);
    const resumed = resumeStream(JSON.parse(JSON.stringify(a.state())));
    expect(resumed.below(1000)).toBe(a.below(1000));
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])("refuse the seed %d", (seed) => {
    expect(() => randomStream(seed, 0)).toThrow(
      new StiffnetError(`randomStream: seed is ${seed}, expected a whole number from 0 to 4294967295`, {
        code: "bad_seed",
      }),
    );
  });

  it("shuffle evenly: each of the 6 orders of 3 within 5 standard deviations", () => {
    const random = randomStream(3, 0);
    const order = new Uint32Array(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      shuffle(order, random);
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values())
      expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 * (5 / 36)));
  });
});

describe("what is wrong with a number", () => {
  it.each([
    [3, 1, undefined, undefined],
    [0, 1, undefined, "x is 0, expected a whole number of at least 1"],
    [1.5, 0, 2, "x is 1.5, expected a whole number from 0 to 2"],
    ["3", 0, 5, "x is '3', expected a whole number from 0 to 5"],
    [Number.POSITIVE_INFINITY, 0, undefined, "x is Infinity, expected a whole number of at least 0"],
  ])("%d from %d to %s: %s", (value, least, most, fault) => {
    expect(whole(least, most).fault("x", value)).toBe(fault);
  });

  it.each([
    [1e-300, true, true],
    [0, false, true],
    [-1, false, false],
    [Number.NaN, false, false],
    ["3", false, false],
    [Number.POSITIVE_INFINITY, false, false],
  ])("%s as positive and as not negative", (value, isPositive, isNonNegative) => {
    const shown = typeof value === "string" ? `'${value}'` : value;
    expect(positive.fault("x", value)).toBe(
      isPositive ? undefined : `x is ${shown}, expected a positive number`,
    );
    expect(nonNegative.fault("x", value)).toBe(
      isNonNegative ? undefined : `x is ${shown}, expected a number of at least 0`,
    );
  });
});

it("long names keep their beginning and their end", () => {
  const [a, b] = [
    "deep_soil_moisture_of_the_northern_catchment_1",
    "deep_soil_moisture_of_the_northern_catchment_2",
  ];
  expect(shortened(a)).toHaveLength(39);
  expect(shortened(a)).not.toBe(shortened(b));
  expect(shortened("short")).toBe("short");
});

it("names are for one line, whatever they hold", () => {
  expect(shortened("rain\r\n(mm)\t\u001b[31m\u2028")).toBe("rain (mm) [31m ");
  expect(shortened("\u{1f327}".repeat(50))).toBe(`${"\u{1f327}".repeat(19)}…${"\u{1f327}".repeat(19)}`);
});
