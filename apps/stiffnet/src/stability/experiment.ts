import { counted } from "@stiffnet/base";
import type { Model } from "@stiffnet/core";
import { kernelsName } from "@stiffnet/core";
import { renderStability, type Stability, stability, stabilitySentences } from "@stiffnet/stiffness";
import { textTable } from "@stiffnet/terminal";
import type { Experiment } from "@stiffnet/trials";
import { layersFigure, planeFigure } from "./figures.ts";
import type { InputSamples } from "./samples.ts";
import {
  layersTable,
  type MemberStability,
  memberOf,
  membersTable,
  type StabilityConfig,
  type StabilityResult,
} from "./words.ts";

/** What is examined: the networks of a file, at inputs. */
export interface Examined {
  readonly file: string;
  readonly models: readonly Model[];
  readonly inputs: InputSamples;
}

/** `Drawn` is the network that is shown layer by layer. */
export function stabilityExperiment({
  file,
  models,
  inputs,
}: Examined): Experiment<StabilityConfig, StabilityResult, Stability> {
  return {
    engine: kernelsName,
    async compute({ samples, member }, watch) {
      if (inputs.dropped)
        watch.note(
          `${counted(inputs.dropped, "row")} with empty cells ${inputs.dropped === 1 ? "is" : "are"} left out`,
        );
      let drawn: Stability | undefined;
      const members: MemberStability[] = [];
      for (const [k, model] of models.entries()) {
        if (await watch.interrupted()) break;
        const found = stability(model, inputs, { most: samples });
        members.push(memberOf(found, k + 1));
        if (k + 1 === member) drawn = found;
      }
      return { result: { members }, drawn: drawn!, files: { model: file } };
    },
    digested: (_, { model }) => model.sha256,
    present({ config, members }, shown) {
      const several = members.length > 1;
      const { header, rows } = membersTable(members);
      return {
        title: `${config.model.name}: eigenvalues against the stability disc of explicit Euler`,
        lead: [
          ...(several ? [`This is network ${config.member} of ${members.length}.`] : []),
          ...stabilitySentences(shown),
        ],
        tables: [layersTable(shown), ...(several ? [membersTable(members)] : [])],
        figures: [planeFigure(shown), layersFigure(shown)],
        facts: [
          ["model", `sha256 ${config.model.sha256}`],
          ["samples", `${config.samples}: ${config.origin}`],
        ],
        printed: [
          ...(several ? [`${textTable(header, rows)}\n\nmember ${config.member}:`] : []),
          renderStability(shown, { columns: process.stdout.columns ?? 80 }),
        ].join("\n"),
      };
    },
    failed: ({ members }) => members.some(({ failed }) => failed > 0),
  };
}
