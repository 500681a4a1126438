export {
  centred,
  drawSvg,
  heading,
  logScale,
  logTicks,
  margins,
  powerTick,
  seriesColour,
  seriesCount,
  thinned,
} from "./canvas.ts";
export { type Curve, evolution } from "./evolution.ts";
export { type Line, lineChart, narrowChart } from "./line-chart.ts";
export { pngRenderer } from "./png.ts";
export { riskScatterFigure } from "./risk-scatter.ts";
export { predictedAgainstTrue } from "./scatter.ts";
export { eigenvaluesOf, extent, layerBar, near, plane } from "./spectrum-plane.ts";
export { colourBar, type Grid, surface } from "./surface.ts";
export { writeReport } from "./write.ts";
