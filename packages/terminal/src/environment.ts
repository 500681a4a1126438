// The environment and the command line of a process are read here and nowhere else.

/** Variables that commands and comparisons look at. */
type Variable =
  /** Columns of a terminal that does not say how many it has. */
  | "COLUMNS"
  /** Report without PNG files, which take a second. */
  | "STIFFNET_NO_PNG"
  /** The Python of the peers. */
  | "STIFFNET_PYTHON"
  | "CXX"
  | "XDG_CACHE_HOME";

/** Undefined where it is not set, or empty. */
export function variable(name: Variable): string | undefined {
  return process.env[name] || undefined;
}

/** For the kernels of this process and of its workers. */
export function setKernels(given: {
  readonly kernels?: string | undefined;
  readonly threads?: number;
}): void {
  if (given.kernels !== undefined) process.env.STIFFNET_KERNELS = given.kernels;
  if (given.threads !== undefined) process.env.STIFFNET_THREADS = String(given.threads);
}

/** The environment of a child, which is this one but for some variables; undefined takes one away. */
export function childEnvironment(
  over: Readonly<Record<string, string | undefined>> = {},
): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...over };
}

/** Arguments of the running script. */
export function scriptArguments(): readonly string[] {
  return process.argv.slice(2);
}
