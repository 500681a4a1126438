import type { Samples } from "@stiffnet/preparation";
import { TableError } from "../errors.ts";
import { draw, type Unit } from "./units.ts";

/** The training rows of a split, cut into parts of about `size` rows as they come: for each part its rows. A
 *  group is in one part; every part has a row, and leaves one to train on. */
export function trainParts(
  { train, trainGroups }: { readonly train: Samples; readonly trainGroups?: Uint32Array },
  size: number,
): Unit[] {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < train.count; row++) {
    const start = trainGroups?.[row] ?? row;
    const group = groups.get(start);
    if (group) group.push(row);
    else groups.set(start, [row]);
  }
  if (groups.size < 2) {
    throw new TableError(
      "the training rows are one group, expected at least two to keep one for validation",
      {
        code: "empty_set",
      },
    );
  }
  const parts: Unit[] = [];
  let left: readonly Unit[] = [...groups.values()];
  while (left.length > 0 && parts.length < Math.max(1, Math.floor(train.count / size))) {
    const drawn = draw(left, size, parts.length === 0 ? 1 : 0);
    parts.push(drawn.taken.flat());
    left = drawn.left;
  }
  return parts;
}
