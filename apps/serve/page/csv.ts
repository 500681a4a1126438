// Tables as text. No DOM.

export interface Column {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Names in the first line (RFC 4180 with CSV, tabs for a clipboard), then every row, with all digits. */
export function tableText(columns: readonly Column[], separator: "," | "\t"): string {
  const quoted = (name: string): string =>
    separator === "," && /[",\r\n]/.test(name)
      ? `"${name.replaceAll('"', '""')}"`
      : name.replaceAll("\t", " ");
  const rows = Array.from({ length: columns[0]?.values.length ?? 0 }, (_, k) =>
    columns.map(({ values }) => String(values[k])).join(separator),
  );
  return `${[columns.map(({ name }) => quoted(name)).join(separator), ...rows].join("\n")}\n`;
}
