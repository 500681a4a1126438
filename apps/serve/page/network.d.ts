import type { NetworkDocument } from "../src/models/describe.ts";

export type Network = { readonly members: readonly unknown[] };
export function readNetwork(document: NetworkDocument): Network;
export function predict(network: Network, x: readonly number[]): { mean: Float64Array; std?: Float64Array };
export function sensitivities(network: Network, x: readonly number[]): Float64Array;
export function spectra(network: Network, x: readonly number[], member?: number): [number, number][][];
