/** A table of the report; cells are text, the first column is a heading. */
export interface ReportTable {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows that quote the slides are marked by their name. */
export const quoted = "slides: ";
