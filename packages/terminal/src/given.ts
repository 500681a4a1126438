type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields whose value is not undefined: with exactOptionalPropertyTypes a field is there or left out. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
