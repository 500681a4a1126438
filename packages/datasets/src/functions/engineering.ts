import cos from "@stdlib/math-base-special-cos";
import ln from "@stdlib/math-base-special-ln";
import pow from "@stdlib/math-base-special-pow";
import sin from "@stdlib/math-base-special-sin";
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

/** OTL circuit: midpoint voltage of an output transformerless push-pull circuit, V,
 *
 *      (Vb + 0.74) B / (B + Rf) + 11.35 Rf / (B + Rf) + 0.74 Rf B / ((B + Rf) Rc1),
 *      B = beta (Rc2 + 9), Vb = 12 Rb2 / (Rb1 + Rb2). */
export function otlCircuit(): TestFunction {
  return pointwise(
    {
      name: "otl-circuit",
      inputs: [
        axis("rb1", 50, 150, { unit: "kOhm", meaning: "resistance b1" }),
        axis("rb2", 25, 70, { unit: "kOhm", meaning: "resistance b2" }),
        axis("rf", 0.5, 3, { unit: "kOhm", meaning: "resistance f" }),
        axis("rc1", 1.2, 2.5, { unit: "kOhm", meaning: "resistance c1" }),
        axis("rc2", 0.25, 1.2, { unit: "kOhm", meaning: "resistance c2" }),
        axis("beta", 50, 300, { meaning: "current gain" }),
      ],
      formula:
        "(vb + 0.74) b / (b + rf) + 11.35 rf / (b + rf) + 0.74 rf b / ((b + rf) rc1), b = beta (rc2 + 9), vb = 12 rb2 / (rb1 + rb2)",
      source:
        "Ben-Ari and Steinberg (2007), Modeling data from computer experiments, Quality Engineering 19, 327-338",
      unit: "V",
    },
    ([rb1, rb2, rf, rc1, rc2, beta]) => {
      const b = beta! * (rc2! + 9);
      const vb = (12 * rb2!) / (rb1! + rb2!);
      return (
        ((vb + 0.74) * b) / (b + rf!) + (11.35 * rf!) / (b + rf!) + (0.74 * rf! * b) / ((b + rf!) * rc1!)
      );
    },
  );
}

/** Piston: cycle time, s,
 *
 *      2 pi sqrt(M / (k + S^2 P0 V0 Ta / (T0 V^2))),  V = S / (2 k) (sqrt(A^2 + 4 k P0 V0 Ta / T0) - A),
 *      A = P0 S + 19.62 M - k V0 / S. */
export function piston(): TestFunction {
  return pointwise(
    {
      name: "piston",
      inputs: [
        axis("m", 30, 60, { unit: "kg", meaning: "weight of the piston" }),
        axis("s", 0.005, 0.02, { unit: "m2", meaning: "surface of the piston" }),
        axis("v0", 0.002, 0.01, { unit: "m3", meaning: "initial volume of gas" }),
        axis("k", 1000, 5000, { unit: "N m-1", meaning: "spring coefficient" }),
        axis("p0", 90000, 110000, { unit: "N m-2", meaning: "pressure of the atmosphere" }),
        axis("ta", 290, 296, { unit: "K", meaning: "ambient temperature" }),
        axis("t0", 340, 360, { unit: "K", meaning: "temperature of the filling gas" }),
      ],
      formula:
        "2 pi sqrt(m / (k + s^2 p0 v0 ta / (t0 v^2))), v = s / (2 k) (sqrt(a^2 + 4 k p0 v0 ta / t0) - a), a = p0 s + 19.62 m - k v0 / s",
      source: "Kenett and Zacks (1998), Modern industrial statistics; Ben-Ari and Steinberg (2007)",
      unit: "s",
    },
    ([m, s, v0, k, p0, ta, t0]) => {
      const a = p0! * s! + 19.62 * m! - (k! * v0!) / s!;
      const gas = (p0! * v0! * ta!) / t0!;
      const v = (s! / (2 * k!)) * (Math.sqrt(a * a + 4 * k! * gas) - a);
      return 2 * Math.PI * Math.sqrt(m! / (k! + (s! * s! * gas) / (v * v)));
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

/** Robot arm: distance of the end of an arm of four segments from its shoulder, sqrt(u^2 + v^2) with
 *  u = sum L_i cos(theta_1 + ... + theta_i) and v = sum L_i sin(theta_1 + ... + theta_i). */
export function robotArm(): TestFunction {
  const segments = [1, 2, 3, 4];
  return pointwise(
    {
      name: "robot-arm",
      inputs: [
        ...segments.map((i) =>
          axis(`theta${i}`, 0, 2 * Math.PI, { unit: "rad", meaning: `angle of segment ${i}` }),
        ),
        ...segments.map((i) => axis(`l${i}`, 0, 1, { meaning: `length of segment ${i}` })),
      ],
      formula:
        "sqrt(u^2 + v^2), u = sum_i l_i cos(sum_{j<=i} theta_j), v = sum_i l_i sin(sum_{j<=i} theta_j)",
      source: "An and Owen (2001), Quasi-regression, Journal of Complexity 17, 588-607",
    },
    (x) => {
      let angle = 0;
      let u = 0;
      let v = 0;
      for (let i = 0; i < 4; i++) {
        angle += x[i]!;
        u += x[4 + i]! * cos(angle);
        v += x[4 + i]! * sin(angle);
      }
      return Math.sqrt(u * u + v * v);
    },
  );
}
