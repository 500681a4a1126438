import { proxies } from "@stiffnet/stiffness";

const rows: Readonly<Record<string, (typeof proxies)[keyof typeof proxies]>> = proxies;

/** The name of a proxy as it stands in a record, for readers. */
export function proxyLabel(name: string): string {
  return rows[name]?.label ?? name;
}

/** Ratios have no unit and another size; medians are told of them, one tiny eigenvalue makes their mean. */
export function isRatio(name: string): boolean {
  return rows[name]?.unit === "none";
}
