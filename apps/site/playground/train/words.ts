import type { NetworkState } from "./network.ts";
import type { View } from "./protocol.ts";

const times = (view: View): string => `${Number((view.errorShown / view.errorTest).toPrecision(2))}`;

/** How much the error of both networks grows with another number of layers. */
export function fewerLayers([plain, penalised]: readonly (View | undefined)[], depth: number): string {
  if (!plain || !penalised || plain.epoch === 0 || plain.shown.layers === depth) return "";
  const { layers } = plain.shown;
  const subject = 2 * layers === depth ? "Half the layers" : `${layers} of ${depth} layers`;
  return `${subject} multiply the plain network's error by ${times(plain)}, the penalised one's by ${times(penalised)}.`;
}

/** The announcement at the end of both trainings. */
export function outcome(states: readonly NetworkState[]): string {
  if (states.length === 0 || !states.every(({ status }) => status === "finished")) return "";
  const [plain, penalised] = states.map(({ view }) => view?.errorTest.toPrecision(3));
  return `The training has ended. Test error: ${plain} plain, ${penalised} penalised.`;
}
