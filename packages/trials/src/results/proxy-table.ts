import { isRatio, type NamedTable, proxyLabel, proxyText } from "@stiffnet/report";
import type { Summary } from "./summary.ts";

const readings = ["mean", "sum", "median", "meanSquare", "sumSquare", "max"] as const;

/** Every proxy of every model in all its readings. */
export function proxyTable({ models }: Pick<Summary, "models">): NamedTable {
  const ratios = models.some(({ proxies }) => Object.keys(proxies).some(isRatio));
  return {
    name: "proxies",
    caption: `Every reading of the proxies: the mean over layers and test points, the sum over layers (mean over points), the median, means and sums of the squares, the largest. Medians over trials.${ratios ? " Of ratios only median and largest are told: one tiny eigenvalue makes their mean." : ""}`,
    header: ["proxy", "mean", "sum over layers", "median", "mean of squares", "sum of squares", "largest"],
    rows: models.flatMap(({ name, proxies }) =>
      Object.entries(proxies).map(([proxy, value]) => [
        models.length > 1 ? `${name}: ${proxyLabel(proxy)}` : proxyLabel(proxy),
        ...readings.map((reading) =>
          isRatio(proxy) && reading !== "median" && reading !== "max" ? "" : proxyText(proxy, value[reading]),
        ),
      ]),
    ),
  };
}
