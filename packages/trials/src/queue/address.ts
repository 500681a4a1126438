/** Whether it is the address of a Redis server: redis://[[user]:password@]host[:port][/database], or
 *  rediss:// for TLS. */
export function isQueueAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  const server = hostname !== "" && ["redis:", "rediss:"].includes(protocol);
  return server && /^\/?\d*$/.test(pathname) && search === "" && hash === "";
}

/** The address as it may be shown. */
export function withoutPassword(text: string): string {
  return text.replace(/:\/\/[^/]*@/, "://");
}
