import type { Table } from "../table/table.ts";

/** One variable of float64 for each column along a shared dimension `row`, which NetCDF-4 tools see as such;
 *  missing values are NaN. */
export async function writeHdf5(table: Table, path: string): Promise<void> {
  const { default: h5wasm } = await import("h5wasm/node");
  await h5wasm.ready;
  const file = new h5wasm.File(path, "w", { track_order: true });
  try {
    const scale = scaleName(table.columns);
    file.create_dataset({
      name: scale,
      data: new Float64Array(table.count),
      shape: [table.count],
      dtype: "<f",
    });
    const dimension = file.get(scale);
    // The words by which the NetCDF library knows a dimension that has no variable.
    const mark = `This is a netCDF dimension but not a netCDF variable.${`${table.count}`.padStart(10)}`;
    if (dimension instanceof h5wasm.Dataset) dimension.make_scale(mark);
    for (const [index, name] of table.columns.entries()) {
      file.create_dataset({ name, data: table.rows([index]), shape: [table.count], dtype: "<d" });
      const variable = file.get(name);
      if (variable instanceof h5wasm.Dataset) variable.attach_scale(0, scale);
    }
  } finally {
    file.close();
  }
}

function scaleName(columns: readonly string[]): string {
  let name = "row";
  while (columns.includes(name)) name += "_";
  return name;
}
