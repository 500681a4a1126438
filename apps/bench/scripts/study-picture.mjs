// docs/images/study.svg: two panels of the committed report of the study, side by side, for light and dark
// pages.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));
const report = readFileSync(`${docs}research/study/report.html`, "utf8");
/** Plain names of the models, for the slides' names in the report. */
const names = { "RES stiff": "spectral-radius penalty", "RES L2": "L2 penalty", RES: "no penalty" };

const panels = ["spectral radius, 1/time", "test (?:risk|error \\(RMSE\\))"].map((label, k) => {
  const [found] = new RegExp(`<svg aria-label="${label}"[\\s\\S]*?</svg>`).exec(report);
  return found
    .replace("<svg ", `<svg x="${570 * k}" `)
    .replaceAll(/<circle[\s\S]*?<\/circle>/g, "")
    .replaceAll(/>(RES(?: stiff| L2)?)</g, (_, name) => `>${names[name]}<`)
    .replaceAll(/test risk|test error \(RMSE\)/g, "test error")
    .replaceAll(/ d="[^"]*"/g, (path) => path.replaceAll(/\d+\.\d\d+/g, (x) => Number(x).toFixed(1)));
});
const size = 'viewBox="0 0 1140 330" width="1140" height="330"';
const about = "Spectral radius and test error over 1,000 epochs of three models, 25 trials each";
writeFileSync(
  `${docs}images/study.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${about}" ${size}>${panels.join("")}</svg>\n`,
);
