import type { Figure } from "@stiffnet/report";
import { eigenvaluesOf, layerBar, near, plane, seriesCount, thinned } from "@stiffnet/report/charts";
import { stability } from "@stiffnet/stiffness";
import { labelOf, type StudyConfig, type StudyData, type TrainedTrial } from "@stiffnet/trials";

/** Test samples that the eigenvalues are computed at. */
const samples = 20;
/** Eigenvalues that are drawn of a network. */
const mostDrawn = 800;

/** The eigenvalues of one trained network of each model, all at one scale: those of the first trial that most
 *  models finished. */
export function spectraFigure(
  config: StudyConfig,
  data: StudyData,
  finished: readonly TrainedTrial[],
): Figure {
  const of = (trial: number): TrainedTrial[] => finished.filter(({ record }) => record.trial === trial);
  const [trial] = [...new Set(finished.map(({ record }) => record.trial))].sort(
    (a, b) => of(b).length - of(a).length || a - b,
  );
  const networks = config.models.slice(0, seriesCount).flatMap((spec) =>
    of(trial!)
      .filter(({ record }) => record.model === spec.name)
      .map(({ model }) => ({
        title: labelOf(spec),
        eigenvalues: thinned(eigenvaluesOf(stability(model, data.test, { most: samples })), mostDrawn),
        depth: model.config.depth,
      })),
  );
  const layers = Math.max(...networks.map(({ depth }) => depth));
  const scale = { layers, ...near(networks.flatMap(({ eigenvalues }) => eigenvalues)) };
  return {
    title: "Eigenvalues of the layers",
    caption: `Eigenvalues l of the layers' Jacobians times the network's step alpha, at ${Math.min(samples, data.test.count)} test samples of trial ${trial}. Colours are layers. At most ${mostDrawn} are drawn of a network. Explicit Euler damps a mode inside the disc |1 + alpha l| <= 1, whose edge is the curve. A mode right of the vertical axis grows by itself.`,
    panels: [
      ...networks.map(({ title, eigenvalues }, k) =>
        plane(eigenvalues, { name: `spectra-${k + 1}`, title, ...scale }),
      ),
      layerBar("spectra-scale", layers),
    ],
  };
}
