export { type Exported, exportModel } from "./results/exported-model.ts";
export {
  answerFigure,
  courseFigure,
  otherProxiesFigure,
  proxyFigure,
  riskFigure,
} from "./results/study-figures.ts";
export { readSurrogate, type Surrogate } from "./results/surrogate.ts";
