// Targets of the native kernels. A row of `targets` is a package of npm. Its fields os, cpu and libc make npm
// install only the machine's own.

/** Flags of a compiler by architecture. With less than x86-64-v3 (which has AVX2), WebAssembly is as fast;
 *  AVX-512 gains nothing. addon/processor.h asks the processor. arm64 always has NEON. */
export const processors = {
  x64: { cc: ["-march=x86-64-v3", "-mtune=skylake"], zig: ["-mcpu=x86_64_v3"] },
  arm64: { cc: [], zig: [] },
};

/** For each package, the names of npm and of zig. Linux gets an old C library, because programs linked with
 *  it run on newer ones. */
export const targets = {
  "linux-x64-gnu": { os: "linux", cpu: "x64", libc: "glibc", zig: "x86_64-linux-gnu.2.28" },
  "linux-arm64-gnu": { os: "linux", cpu: "arm64", libc: "glibc", zig: "aarch64-linux-gnu.2.28" },
  "linux-x64-musl": { os: "linux", cpu: "x64", libc: "musl", zig: "x86_64-linux-musl" },
  "linux-arm64-musl": { os: "linux", cpu: "arm64", libc: "musl", zig: "aarch64-linux-musl" },
  "darwin-x64": { os: "darwin", cpu: "x64", zig: "x86_64-macos.11.0" },
  "darwin-arm64": { os: "darwin", cpu: "arm64", zig: "aarch64-macos.11.0" },
  "win32-x64": { os: "win32", cpu: "x64", zig: "x86_64-windows-gnu" },
};
