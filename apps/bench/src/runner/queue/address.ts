/** The address of a Redis server, checked: redis://[[user]:password@]host[:port][/database], or rediss:// for TLS. */
export function queueAddress(text: string): string {
  const expected = "expected redis://host:port, or redis://:password@host:port/database";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "" || !["redis:", "rediss:"].includes(url.protocol)) {
    throw new Error(`'${withoutPassword(text)}' is not the address of a Redis server, ${expected}.`);
  }
  if (!/^\/?\d*$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    throw new Error(
      `'${withoutPassword(text)}' is not the address of a Redis server: after the port comes a database's number or nothing, ${expected}.`,
    );
  }
  return text;
}

/** The address as it may be shown. */
export function withoutPassword(text: string): string {
  return text.replace(/:\/\/[^/]*@/, "://");
}
