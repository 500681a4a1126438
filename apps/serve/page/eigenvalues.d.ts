export function eigenvalues(matrix: ArrayLike<number>, size: number): [number, number][];
