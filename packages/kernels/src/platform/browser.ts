import type * as node from "./node.ts";

export type { Addon } from "./node.ts";

/** A browser has WebAssembly alone. */
export const wanted: typeof node.wanted = (variable) => (variable === "STIFFNET_KERNELS" ? "wasm" : "");
export const loadAddon: typeof node.loadAddon = () => undefined;
export const say: typeof node.say = () => {};
