type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields of which nothing is given: a field that may be left out is nowhere undefined. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
