/** Samples that a network is evaluated on at once. A batch is a sequence of chunks, so memory does not grow
 *  with it, and a chunk's activations stay in the caches. Sums over samples go chunk by chunk: it is part of
 *  the result's last bits. */
export const largestChunk = 64;
