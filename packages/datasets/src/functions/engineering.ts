import cos from "@stdlib/math-base-special-cos";
import ln from "@stdlib/math-base-special-ln";
import pow from "@stdlib/math-base-special-pow";
import { axis } from "../axis.ts";
import { pointwise } from "./pointwise.ts";
import type { TestFunction } from "./types.ts";

/** Borehole: flow of water through a borehole between two aquifers, m3 per year,
 *
 *      2 pi Tu (Hu - Hl) / (ln(r/rw) (1 + 2 l Tu / (ln(r/rw) rw^2 Kw) + Tu / Tl)). */
export function borehole(): TestFunction {
  return pointwise(
    {
      name: "borehole",
      inputs: [
        axis("rw", 0.05, 0.15, {
          distribution: { kind: "normal", mean: 0.1, deviation: 0.0161812 },
          unit: "m",
          meaning: "radius of the borehole",
        }),
        axis("r", 100, 50000, {
          distribution: { kind: "logNormal", mean: 7.71, deviation: 1.0056 },
          unit: "m",
          meaning: "radius of influence",
        }),
        axis("tu", 63070, 115600, { unit: "m2 year-1", meaning: "transmissivity of the upper aquifer" }),
        axis("hu", 990, 1110, { unit: "m", meaning: "potentiometric head of the upper aquifer" }),
        axis("tl", 63.1, 116, { unit: "m2 year-1", meaning: "transmissivity of the lower aquifer" }),
        axis("hl", 700, 820, { unit: "m", meaning: "potentiometric head of the lower aquifer" }),
        axis("l", 1120, 1680, { unit: "m", meaning: "length of the borehole" }),
        axis("kw", 9855, 12045, { unit: "m year-1", meaning: "hydraulic conductivity of the borehole" }),
      ],
      formula: "2 pi tu (hu - hl) / (ln(r/rw) (1 + 2 l tu / (ln(r/rw) rw^2 kw) + tu / tl))",
      source:
        "Harper and Gupta (1983), Office of Nuclear Waste Isolation; distributions of Morris, Mitchell and Ylvisaker (1993), Technometrics 35, 243-255",
      unit: "m3 year-1",
    },
    ([rw, r, tu, hu, tl, hl, l, kw]) => {
      const spread = ln(r! / rw!);
      return (
        (2 * Math.PI * tu! * (hu! - hl!)) /
        (spread * (1 + (2 * l! * tu!) / (spread * rw! * rw! * kw!) + tu! / tl!))
      );
    },
  );
}

/** Wing weight: weight of a light aircraft's wing, lb,
 *
 *      0.036 Sw^0.758 Wfw^0.0035 (A / cos^2 L)^0.6 q^0.006 lambda^0.04 (100 tc / cos L)^-0.3 (Nz Wdg)^0.49 +
 *      Sw Wp. */
export function wingWeight(): TestFunction {
  return pointwise(
    {
      name: "wing-weight",
      inputs: [
        axis("sw", 150, 200, { unit: "ft2", meaning: "wing area" }),
        axis("wfw", 220, 300, { unit: "lb", meaning: "weight of fuel in the wing" }),
        axis("a", 6, 10, { meaning: "aspect ratio" }),
        axis("lambda_sweep", -10, 10, { unit: "degrees", meaning: "quarter-chord sweep" }),
        axis("q", 16, 45, { unit: "lb ft-2", meaning: "dynamic pressure at cruise" }),
        axis("lambda", 0.5, 1, { meaning: "taper ratio" }),
        axis("tc", 0.08, 0.18, { meaning: "thickness to chord ratio" }),
        axis("nz", 2.5, 6, { meaning: "ultimate load factor" }),
        axis("wdg", 1700, 2500, { unit: "lb", meaning: "gross weight" }),
        axis("wp", 0.025, 0.08, { unit: "lb ft-2", meaning: "paint weight" }),
      ],
      formula:
        "0.036 sw^0.758 wfw^0.0035 (a / cos^2 L)^0.6 q^0.006 lambda^0.04 (100 tc / cos L)^-0.3 (nz wdg)^0.49 + sw wp, L = lambda_sweep",
      source:
        "Forrester, Sobester and Keane (2008), Engineering design via surrogate modelling, after Raymer (2006)",
      unit: "lb",
    },
    ([sw, wfw, a, sweep, q, lambda, tc, nz, wdg, wp]) => {
      const c = cos((sweep! * Math.PI) / 180);
      return (
        0.036 *
          pow(sw!, 0.758) *
          pow(wfw!, 0.0035) *
          pow(a! / (c * c), 0.6) *
          pow(q!, 0.006) *
          pow(lambda!, 0.04) *
          pow((100 * tc!) / c, -0.3) *
          pow(nz! * wdg!, 0.49) +
        sw! * wp!
      );
    },
  );
}
