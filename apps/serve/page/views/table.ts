import { code } from "./code.ts";
import type { View } from "./context.ts";
import { map } from "./map.ts";
import { sensitivity } from "./sensitivity.ts";
import { slice } from "./slice.ts";
import { spectrum } from "./spectrum.ts";
import { training } from "./training.ts";

/** Every view, a tab each, in their order. */
export const views = { slice, map, sensitivity, spectrum, training, code } as const satisfies Record<
  string,
  View
>;
export type ViewName = keyof typeof views;
