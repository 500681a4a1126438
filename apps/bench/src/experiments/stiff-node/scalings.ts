import type { TrajectoryScaling } from "@stiffnet/core";

export const scalingNames = ["scaled", "paper", "unscaled"] as const;
export type ScalingName = (typeof scalingNames)[number];

/** `paper` scales what Kim et al. 2021 scale, by the length of the data; `scaled` by each species' own time,
 *  and what the network sees, too. */
export const scalings: Readonly<Record<ScalingName, TrajectoryScaling>> = {
  scaled: { equation: "own", loss: true, inputs: true },
  paper: { equation: "length", loss: true, inputs: false },
  unscaled: { equation: false, loss: false, inputs: false },
};
