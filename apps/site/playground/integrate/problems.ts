import type { OdeProblem } from "@stiffnet/integrators";
import { brusselator, rober } from "@stiffnet/integrators/problems";

/** A problem with one number that makes it stiff. */
export interface PlaygroundProblem {
  readonly label: string;
  /** Meaning of the slider, as a power of ten. */
  readonly stiffness: {
    readonly label: string;
    readonly low: number;
    readonly high: number;
    readonly usual: number;
  };
  /** Time is drawn logarithmically. */
  readonly logarithmicTime: boolean;
  /** The unknowns that are drawn, from 0, with their names, and a factor each. */
  readonly shown: readonly { readonly index: number; readonly name: string; readonly factor?: number }[];
  make(stiffness: number): OdeProblem;
}

const brusselatorPoints = 12;

export const problems: Readonly<Record<string, PlaygroundProblem>> = {
  rates: {
    label: "x' = diag(−1, −k) x",
    stiffness: { label: "k", low: 0, high: 5, usual: 2 },
    logarithmicTime: true,
    shown: [
      { index: 0, name: "x1" },
      { index: 1, name: "x2" },
    ],
    make: (k) => ({
      f: (_t, y, dy) => {
        dy[0] = -y[0]!;
        dy[1] = -k * y[1]!;
      },
      y0: [1, 1],
      tSpan: [0, 10],
    }),
  },
  vdpol: {
    label: "Van der Pol",
    stiffness: { label: "mu", low: 0, high: 4, usual: 1.5 },
    logarithmicTime: false,
    shown: [{ index: 0, name: "y" }],
    make: (mu) => ({
      f: (_t, y, dy) => {
        dy[0] = y[1]!;
        dy[1] = mu * (1 - y[0]! * y[0]!) * y[1]! - y[0]!;
      },
      y0: [2, 0],
      tSpan: [0, Math.max(20, 2 * mu)],
    }),
  },
  robertson: {
    label: "Robertson",
    stiffness: { label: "end of time", low: 0, high: 6, usual: 2 },
    logarithmicTime: true,
    shown: [
      { index: 0, name: "y1" },
      { index: 1, name: "10^4 y2", factor: 1e4 },
      { index: 2, name: "y3" },
    ],
    make: (end) => {
      const { f, y0 } = rober;
      return { f, y0, tSpan: [0, end] };
    },
  },
  brusselator: {
    label: "Brusselator, 12 points",
    stiffness: { label: "diffusion, times", low: -1, high: 3, usual: 0 },
    logarithmicTime: false,
    shown: [
      { index: brusselatorPoints - (brusselatorPoints % 2), name: "u in the middle" },
      { index: brusselatorPoints - (brusselatorPoints % 2) + 1, name: "v in the middle" },
    ],
    make: spread,
  },
};

/** The Brusselator with its diffusion multiplied: f(y) + (factor - 1) D y, the diffusion taken apart. */
function spread(factor: number): OdeProblem {
  const { f, y0, tSpan } = brusselator(brusselatorPoints);
  const n = 2 * brusselatorPoints;
  const unit = (brusselatorPoints + 1) ** 2 / 50;
  const edges = [1, 3];
  return {
    f: (t, y, dy, p) => {
      f(t, y, dy, p);
      for (let i = 0; i < n; i++) {
        const left = i < 2 ? edges[i % 2]! : y[i - 2]!;
        const right = i >= n - 2 ? edges[i % 2]! : y[i + 2]!;
        dy[i] = dy[i]! + (factor - 1) * unit * (left - 2 * y[i]! + right);
      }
    },
    y0,
    tSpan,
  };
}
