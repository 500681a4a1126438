import type { OdeProblem } from "@stiffnet/integrators";

// Circuits of the test set for initial value problem solvers (Mazzia and Magherini, University of Bari).

const diode = (u: number): number => 40.67286402e-9 * (Math.exp(17.7493332 * u) - 1);

/** A ring modulator: 15 unknowns, diodes, frequencies from 1e3 to 1e9. */
export const ring: OdeProblem = {
  f: (t, y, d) => {
    const [C, Cs, Cp, Lh, L1, L2] = [1.6e-8, 2e-12, 1e-8, 4.45, 2e-3, 5e-4] as const;
    const in1 = 0.5 * Math.sin(2000 * Math.PI * t);
    const in2 = 2 * Math.sin(20000 * Math.PI * t);
    const q1 = diode(y[2]! - y[4]! - y[6]! - in2);
    const q2 = diode(-y[3]! + y[5]! - y[6]! - in2);
    const q3 = diode(y[3]! + y[4]! + y[6]! + in2);
    const q4 = diode(-y[2]! - y[5]! + y[6]! + in2);
    d[0] = (y[7]! - 0.5 * y[9]! + 0.5 * y[10]! + y[13]! - y[0]! / 25e3) / C;
    d[1] = (y[8]! - 0.5 * y[11]! + 0.5 * y[12]! + y[14]! - y[1]! / 25e3) / C;
    d[2] = (y[9]! - q1 + q4) / Cs;
    d[3] = (-y[10]! + q2 - q3) / Cs;
    d[4] = (y[11]! + q1 - q3) / Cs;
    d[5] = (-y[12]! - q2 + q4) / Cs;
    d[6] = (-y[6]! / 50 + q1 + q2 - q3 - q4) / Cp;
    d[7] = -y[0]! / Lh;
    d[8] = -y[1]! / Lh;
    d[9] = (0.5 * y[0]! - y[2]! - 17.3 * y[9]!) / L2;
    d[10] = (-0.5 * y[0]! + y[3]! - 17.3 * y[10]!) / L2;
    d[11] = (0.5 * y[1]! - y[4]! - 17.3 * y[11]!) / L2;
    d[12] = (-0.5 * y[1]! + y[5]! - 17.3 * y[12]!) / L2;
    d[13] = (-y[0]! + in1 - 86.3 * y[13]!) / L1;
    d[14] = (-y[1]! - 636.3 * y[14]!) / L1;
  },
  y0: new Float64Array(15),
  tSpan: [0, 1e-3],
};

const junction = (u: number): number => 1e-6 * (Math.exp(u / 0.026) - 1);

/** The transistor amplifier: index 1, a mass matrix of rank 5. */
export const transistor: OdeProblem = {
  f: (t, y, d) => {
    const input = 0.1 * Math.sin(200 * Math.PI * t);
    const a = junction(y[1]! - y[2]!);
    const b = junction(y[4]! - y[5]!);
    d[0] = (y[0]! - input) / 1000;
    d[1] = (2 * y[1]! - 6) / 9000 + 0.01 * a;
    d[2] = y[2]! / 9000 - a;
    d[3] = (y[3]! - 6) / 9000 + 0.99 * a;
    d[4] = (2 * y[4]! - 6) / 9000 + 0.01 * b;
    d[5] = y[5]! / 9000 - b;
    d[6] = (y[6]! - 6) / 9000 + 0.99 * b;
    d[7] = y[7]! / 9000;
  },
  mass: (() => {
    const m = new Float64Array(64);
    for (let k = 0; k < 3; k++) {
      const c = (2 * k + 1) * 1e-6;
      const at = 27 * k;
      m[at] = -c;
      m[at + 8] = c;
      m[at + 1] = c;
      m[at + 9] = -c;
    }
    m[18] = -2e-6;
    m[45] = -4e-6;
    return m;
  })(),
  y0: [0, 3, 3, 6, 3, 3, 6, 0],
  tSpan: [0, 0.2],
};

/** Robertson's reaction with the conservation of mass in the place of its third equation. */
export const robertsonDae: OdeProblem = {
  f: (_t, y, d) => {
    d[0] = -0.04 * y[0]! + 1e4 * y[1]! * y[2]!;
    d[1] = 0.04 * y[0]! - 1e4 * y[1]! * y[2]! - 3e7 * y[1]! * y[1]!;
    d[2] = y[0]! + y[1]! + y[2]! - 1;
  },
  mass: [1, 1, 0],
  autonomous: true,
  y0: [1, 0, 0],
  tSpan: [0, 1e5],
};

/** Chemical Akzo Nobel: six species, the last of them in equilibrium. */
export const akzo: OdeProblem = {
  f: (_t, y, d) => {
    const root = Math.sqrt(Math.max(y[1]!, 0));
    const r1 = 18.7 * y[0]! ** 4 * root;
    const r2 = 0.58 * y[2]! * y[3]!;
    const r3 = (0.58 / 34.4) * y[0]! * y[4]!;
    const r4 = 0.09 * y[0]! * y[3]! * y[3]!;
    const r5 = 0.42 * y[5]! * y[5]! * root;
    d[0] = -2 * r1 + r2 - r3 - r4;
    d[1] = -0.5 * r1 - r4 - 0.5 * r5 + 3.3 * (0.9 / 737 - y[1]!);
    d[2] = r1 - r2 + r3;
    d[3] = -r2 + r3 - 2 * r4;
    d[4] = r2 - r3 + r5;
    d[5] = 115.83 * y[0]! * y[3]! - y[5]!;
  },
  mass: [1, 1, 1, 1, 1, 0],
  autonomous: true,
  y0: [0.444, 0.00123, 0, 0.007, 0, 115.83 * 0.444 * 0.007],
  tSpan: [0, 180],
};
