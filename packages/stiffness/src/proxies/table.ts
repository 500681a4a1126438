import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { largestRatio } from "../spectra/ratio.ts";
import { eigenRatio } from "./eigen-ratio.ts";
import { frobenius } from "./frobenius.ts";
import { largestSingularValue } from "./largest-singular-value.ts";
import { logarithmicNorm } from "./logarithmic-norm.ts";
import { logarithm } from "./mapped.ts";
import { singularRatio } from "./singular-ratio.ts";
import { spectralRadius } from "./spectral-radius.ts";

/** A proxy's row for programs that loop over all proxies. */
export interface ProxyRow {
  /** Name in tables and figures. */
  readonly label: string;
  readonly description: string;
  /** Ratios have none. */
  readonly unit: "1/time" | "none";
  /** Reports show at most this value. Larger ones are rounding. */
  readonly most?: number;
  /** As it is reported: exact. */
  readonly exact: () => StiffnessProxy;
  /** The best summary over layers and samples. One tiny eigenvalue decides the mean of a ratio. */
  readonly typical: "mean" | "median";
  /** Whether the exact values of a large test set take longer than a plain training. */
  readonly costly: boolean;
  /** The ways to penalise it, by the names that a user gives them. */
  readonly penalised: Readonly<Record<string, PenalisedRow>>;
}

export interface PenalisedRow {
  /** The end of a trained model's name in files: "RES stiff". */
  readonly label: string;
  /** The name for readers. */
  readonly title: string;
  readonly description: string;
  readonly create: () => DifferentiableProxy;
  /** A usual weight, of the mean over layers. */
  readonly weight: number;
}

/** Every proxy: a new one is its own file and a row here. */
const rows = {
  spectralRadius: {
    label: "spectral radius",
    description: "|l_1|, the largest modulus of the eigenvalues",
    unit: "1/time",
    exact: (): StiffnessProxy => spectralRadius({ method: "dense" }),
    typical: "mean",
    costly: false,
    penalised: {
      stiff: {
        label: "stiff",
        title: "spectral-radius penalty",
        description: "the spectral radius by Arnoldi iteration",
        create: (): DifferentiableProxy => spectralRadius(),
        weight: 1e-3,
      },
      gelfand: {
        label: "stiff (gelfand)",
        title: "spectral-radius penalty (Gelfand)",
        description: "the same by Gelfand's formula, as the slides have it, and slower",
        create: (): DifferentiableProxy => spectralRadius({ method: "gelfand" }),
        weight: 1e-3,
      },
    },
  },
  largestSingularValue: {
    label: "largest singular value",
    description: "sigma_1, the most that any direction is stretched",
    unit: "1/time",
    exact: (): StiffnessProxy => largestSingularValue({ method: "dense" }),
    typical: "mean",
    costly: true,
    penalised: {
      singular: {
        label: "singular",
        title: "singular-value penalty",
        description: "the largest singular value by the Lanczos method",
        create: (): DifferentiableProxy => largestSingularValue(),
        weight: 1e-3,
      },
    },
  },
  frobenius: {
    label: "Frobenius norm",
    description: "root of the sum of the squares of all entries",
    unit: "1/time",
    exact: (): StiffnessProxy => frobenius(),
    typical: "mean",
    costly: false,
    penalised: {
      frobenius: {
        label: "frobenius",
        title: "Frobenius-norm penalty",
        description: "the Frobenius norm",
        create: (): DifferentiableProxy => frobenius(),
        weight: 1e-4,
      },
    },
  },
  logarithmicNorm: {
    label: "logarithmic norm",
    description: "mu_2, the largest eigenvalue of (J + J') / 2: how fast anything grows at first",
    unit: "1/time",
    exact: (): StiffnessProxy => logarithmicNorm({ method: "dense" }),
    typical: "mean",
    costly: false,
    penalised: {
      lognorm: {
        label: "lognorm",
        title: "logarithmic-norm penalty",
        description: "the logarithmic norm by the Lanczos method",
        create: (): DifferentiableProxy => logarithmicNorm(),
        weight: 1e-3,
      },
    },
  },
  eigenRatio: {
    label: "stiffness ratio |l1| / |ln|",
    description: "largest over smallest modulus of the eigenvalues",
    unit: "none",
    most: largestRatio as number,
    exact: (): StiffnessProxy => eigenRatio({ method: "dense" }),
    typical: "median",
    costly: true,
    penalised: {
      eigenRatio: {
        label: "eigen ratio",
        title: "eigenvalue-ratio penalty",
        description: "the logarithm of |l1| / |ln| by Arnoldi iteration on J and its inverse",
        create: (): DifferentiableProxy => logarithm(eigenRatio()),
        weight: 1e-3,
      },
    },
  },
  singularRatio: {
    label: "singular ratio s1 / sn",
    description: "largest over smallest singular value",
    unit: "none",
    most: largestRatio as number,
    exact: (): StiffnessProxy => singularRatio({ method: "dense" }),
    typical: "median",
    costly: true,
    penalised: {
      singularRatio: {
        label: "singular ratio",
        title: "singular-ratio penalty",
        description: "the logarithm of s1 / sn by the Lanczos method on J and its inverse",
        create: (): DifferentiableProxy => logarithm(singularRatio()),
        weight: 1e-3,
      },
    },
  },
} as const;

export type ProxyName = keyof typeof rows;
/** A way to penalise a proxy. */
export type PenalisedName = { [P in ProxyName]: keyof (typeof rows)[P]["penalised"] }[ProxyName];

/** The proxies, by the names of their functions. */
export const proxies: Readonly<Record<ProxyName, ProxyRow>> = rows;

/** The proxies that can be penalised, by the names in a study. */
export const penalisedProxies: Readonly<Record<PenalisedName, PenalisedRow>> = Object.assign(
  {},
  ...Object.values(proxies).map(({ penalised }) => penalised),
);
