import { stepSolvers } from "@stiffnet/core";
import { z } from "zod";
import { choice, type Fixed, notNegative, study, whole } from "./fields.ts";
import { presetNames } from "./presets.ts";

const sweep = z
  .strictObject({
    lambda: z.array(notNegative).min(1).describe("Weights, of every penalised model."),
    width: z.array(whole(1)).min(1),
    depth: z.array(whole(1)).min(1),
    trainRows: z.array(whole(1)).min(1).describe("Sizes of the training set."),
    solver: z.array(choice(stepSolvers)).min(1).describe("Neural ODEs by these solvers."),
  })
  .partial();

const { network, training, measures } = study.shape;

/** Contents of a configuration file. A missing field takes the preset's value. A study's folder keeps its
 *  whole configuration in config.json, which is such a file too. */
const studyFile = z
  .strictObject({
    $schema: z.string(),
    preset: choice(presetNames).describe("The preset that gives the missing fields."),
    ...study.shape,
    network: network.partial(),
    training: training.partial(),
    measures: measures.partial(),
    sweep: sweep.describe("Replaces each model by one for every combination of these values."),
  })
  .partial();

/** A configuration file, or what the command line adds to it. */
export type StudyFile = Fixed<z.infer<typeof studyFile>>;

/** The values to sweep; one model is created for each. */
export type Sweep = Fixed<z.infer<typeof sweep>>;

export function studySchema(title: string): Record<string, unknown> {
  return { title, ...z.toJSONSchema(studyFile) };
}

/** The first thing that is wrong with a value, in one line: the field, what was given, what was expected. */
export function complaintOf(value: unknown): string | undefined {
  const found = studyFile.safeParse(value);
  if (found.success) return undefined;
  const [issue] = found.error.issues;
  const place = (path: readonly PropertyKey[]): string => path.map(String).join(".");
  if (issue!.code === "unrecognized_keys") {
    const known = fieldsAt(issue!.path);
    const expected = known.length > 0 ? `, expected one of ${known.join(", ")}` : "";
    return `${place([...issue!.path, issue!.keys[0]!])}: unknown field${expected}`;
  }
  const given = issue!.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value);
  // The library's own words begin so.
  const kind = /^Invalid input: expected (\w+)/.exec(issue!.message)?.[1];
  const expected = kind === undefined ? issue!.message : `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
  const was = given === undefined ? "missing" : `is ${JSON.stringify(given)}`;
  return `${place(issue!.path) || "the configuration"}: ${was}, expected ${expected}`;
}

/** Names of the fields that an object at this place may have. */
function fieldsAt(path: readonly PropertyKey[]): string[] {
  type Node = { properties?: Record<string, Node>; items?: Node; anyOf?: Node[] };
  let node: Node | undefined = z.toJSONSchema(studyFile) as Node;
  for (const key of path) node = typeof key === "number" ? node?.items : node?.properties?.[String(key)];
  return Object.keys(node?.properties ?? {});
}
