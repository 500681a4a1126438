import { alpine02, type Dataset, dalecDataset, type Samples, sample } from "@stiffnet/datasets";
import { standardise } from "@stiffnet/preparation";
import { BenchError } from "../errors.ts";
import type { DataSpec } from "./config.ts";
import { readSource } from "./tables.ts";

export type StudyData = Dataset & { readonly test: Samples };

/** The samples of a study, the same in every process. A table that changed since the study began is refused. */
export async function loadData(spec: DataSpec, seed: number): Promise<StudyData> {
  if (spec.kind === "alpine02") {
    return sample(alpine02(spec.dimension), { train: spec.train, test: spec.test, seed });
  }
  if (spec.kind === "dalec") {
    return dalecDataset({ ensemble: spec.ensemble, train: spec.train, test: spec.test, seed });
  }
  const table = await readSource(spec);
  const data = table.split({
    inputs: spec.inputs,
    outputs: spec.outputs,
    test: spec.test,
    missing: spec.missing,
    seed,
    // An input that never varies carries nothing but does no harm.
    prepare: { inputs: (rows, names) => standardise(rows, names, { constant: "keep" }) },
  });
  if (spec.digest !== "" && data.digest !== spec.digest) {
    throw new BenchError(`${spec.file}: the file has changed since the study began; choose another --out`, {
      code: "data_changed",
    });
  }
  return data;
}

/** Data by their description, and what was read to describe them, so that a table is read once. */
export interface Described {
  readonly spec: DataSpec;
  readonly data?: StudyData;
}

/** A table with the digest of what was chosen of it, so that it is known again. */
export async function withDigest(spec: DataSpec, seed: number): Promise<Described> {
  if (spec.kind !== "table") return { spec };
  const data = await loadData(spec, seed);
  return { spec: { ...spec, digest: data.digest }, data };
}
