import type { Activation } from "@stiffnet/core";

export const activations: Readonly<
  Record<Activation, { readonly value: (z: number) => number; readonly slope: (z: number) => number }>
>;
