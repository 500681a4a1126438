import type { Table } from "../table/table.ts";

/** One column of doubles for each, nulls where values are missing. */
export async function writeParquet(table: Table, path: string): Promise<void> {
  const { parquetWriteFile } = await import("hyparquet-writer");
  const columnData = table.columns.map((name, index) => {
    const values = table.rows([index]);
    const missing = table.faults(index).missing > 0;
    const data = missing ? Array.from(values, (value) => (Number.isNaN(value) ? null : value)) : values;
    return { name, data, type: "DOUBLE" as const, nullable: missing };
  });
  parquetWriteFile({ filename: path, columnData });
}
