/** A WebAssembly module of one function with one SIMD instruction. */
const simd = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
];

/** One sentence about a feature that this browser lacks; empty if it has all. */
export function lackingWorkers(): string {
  return typeof Worker === "function" ? "" : "The playground needs web workers, which this browser lacks.";
}

/** Missing features that training needs. */
export function lacking(): string {
  const without = lackingWorkers();
  if (without) return without;
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(new Uint8Array(simd))) {
    return "Training needs WebAssembly SIMD, which this browser lacks. Chrome 91, Firefox 89 and Safari 16.4 have it.";
  }
  return "";
}

/** Leaves bytes with the visitor as a file. */
export function save(bytes: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
