import { type ProxyRow, proxies } from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";

const rows: Readonly<Record<string, ProxyRow>> = proxies;

/** The name of a proxy as it stands in a record, for readers. */
export function proxyLabel(name: string): string {
  return rows[name]?.label ?? name;
}

/** Ratios have no unit and other sizes. Reports give their medians, because one tiny eigenvalue dominates a
 *  mean. */
export function isRatio(name: string): boolean {
  return rows[name]?.unit === "none";
}

/** A value of the proxy: "above 1e12" where its calculation stops. */
export function proxyText(name: string, value: number): string {
  const most = rows[name]?.most ?? Number.POSITIVE_INFINITY;
  // Values were kept in float32.
  return value < most * (1 - 1e-6) || !Number.isFinite(value)
    ? formatNumber(value)
    : `above 1e${Math.log10(most)}`;
}
