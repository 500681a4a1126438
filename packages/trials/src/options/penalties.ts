import { penalisedProxies } from "@stiffnet/stiffness";
import { above, given, list, mapped, type OptionParser, parser } from "@stiffnet/terminal";
import type { ModelSpec, PenaltySpec } from "../configuration/config.ts";
import { aggregates, penaltyKinds } from "../configuration/fields.ts";
import { nameOf } from "../configuration/labels.ts";

/** "l2=1e-5", "stiff=1e-3", "stiff:sum=1e-3" or another kind. */
export const penalty: OptionParser<PenaltySpec> = parser(
  `a penalty, one of ${penaltyKinds.map((known) => `${known}=WEIGHT`).join(", ")} with a weight of at least 0; a kind may add :sum or :max over the layers instead of the mean, and :all or a share such as :0.4 of each batch`,
  "stiff:sum=1e-3",
  (text) => {
    const [name = "", size = "", ...rest] = text.split("=");
    const [word, ...how] = name.split(":");
    const kind = penaltyKinds.find((known) => known === word);
    const weight = above(0, true).read(size);
    const aggregate = aggregates.find((known) => how.includes(known));
    const [share, ...others] = how.filter((part) => part !== aggregate);
    const subset = share === "all" ? 1 : share === undefined ? undefined : above(0).read(share);
    const misread = others.length > 0 || (share !== undefined && !(subset !== undefined && subset <= 1));
    if (kind === undefined || weight === undefined || misread || rest.length > 0) return undefined;
    if (kind === "l2" && how.length > 0) return undefined;
    return { kind, weight, ...given({ aggregate, subset }) };
  },
);

export function penaltyHelp(what: string): string {
  const kinds = Object.entries(penalisedProxies).map(([name, { weight }]) => `${name}=${weight}`);
  return `${what}: l2=1e-5, ${kinds.join(", ")}; stiff:sum=1e-3 adds up the layers, stiff:0.4=1e-3 uses 40 % of each batch`;
}

const plainOrPenalised: OptionParser<PenaltySpec | "res"> = parser(
  `res or ${penalty.expected}`,
  "res",
  (text) => (text === "res" ? text : penalty.read(text)),
);

/** "res,l2=1e-5,stiff=1e-3": the plain model and penalised ones. */
export const comparedModels: OptionParser<ModelSpec[]> = mapped(list(plainOrPenalised), (models) =>
  modelsOf(models.map((one) => (one === "res" ? undefined : one))),
);

/** A model of each penalty, or plain without. Two of a kind are told apart by their weights. */
export function modelsOf(penalties: readonly (PenaltySpec | undefined)[]): ModelSpec[] {
  return penalties.map((penalty) => {
    const name = nameOf(penalty?.kind);
    if (penalty === undefined) return { name };
    const alone = penalties.filter((other) => other?.kind === penalty.kind).length === 1;
    const { weight, subset } = penalty;
    const share = subset === undefined ? "" : ` subset ${subset}`;
    return { name: alone ? name : `${name} ${weight}${share}`, penalty };
  });
}
