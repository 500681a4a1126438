import { misuse } from "../errors.ts";
import type { Band, OdeProblem } from "../problem.ts";

function requireBand(band: Band, n: number): void {
  for (const side of ["lower", "upper"] as const) {
    const width = band[side];
    if (!Number.isInteger(width) || width < 0 || width > Math.max(0, n - 1)) {
      throw misuse("bad_band", `band.${side} is ${width}, expected an integer from 0 to ${n - 1}`);
    }
  }
}

function requirePattern(problem: OdeProblem, sparsity: readonly (readonly number[])[], n: number): void {
  if (problem.band !== undefined) {
    throw misuse("bad_sparsity", "sparsity and band both say where the Jacobian is zero, leave one out");
  }
  if (!Array.isArray(sparsity) || sparsity.length !== n) {
    const given = Array.isArray(sparsity) ? `has ${sparsity.length} columns` : `is ${String(sparsity)}`;
    throw misuse("bad_sparsity", `sparsity ${given}, expected ${n} (the rows of each unknown)`);
  }
  sparsity.forEach((rows, j) => {
    if (typeof rows !== "object") {
      throw misuse(
        "bad_sparsity",
        `sparsity[${j}] is ${String(rows)}, expected a list of the rows of column ${j}`,
      );
    }
    for (const i of rows) {
      if (!Number.isInteger(i) || i < 0 || i >= n) {
        throw misuse("bad_sparsity", `sparsity[${j}] names row ${i}, expected integers from 0 to ${n - 1}`);
      }
    }
  });
}

function requireSparseJacobian({ sparsity, jacobian, sparseJacobian }: OdeProblem): void {
  if (sparseJacobian === undefined) return;
  if (typeof sparseJacobian !== "function") {
    throw misuse(
      "bad_field",
      `sparseJacobian is ${typeof sparseJacobian}, expected a function (t, y, values, p)`,
    );
  }
  if (jacobian !== undefined) {
    throw misuse("bad_sparsity", "jacobian and sparseJacobian both give the Jacobian, leave one out");
  }
  if (sparsity === undefined) {
    throw misuse(
      "bad_sparsity",
      "sparseJacobian writes the entries that sparsity lists, expected sparsity with it",
    );
  }
  sparsity.forEach((rows, j) => {
    if (new Set(rows).size === rows.length) return;
    throw misuse(
      "bad_sparsity",
      `sparsity[${j}] names a row twice, expected each once: sparseJacobian writes one value for each`,
    );
  });
}

function requireKrylov(problem: OdeProblem): void {
  const { krylov } = problem;
  if (krylov === undefined) return;
  const other = (["jacobian", "sparseJacobian", "band", "sparsity"] as const).find(
    (name) => problem[name] !== undefined,
  );
  if (other !== undefined) {
    throw misuse(
      "bad_krylov",
      `krylov and ${other} both say how linear systems are solved, leave one out (${other} may serve in the preconditioner)`,
    );
  }
  const { dimension = 1, restarts = 0, preconditioner, jacobianVector } = krylov;
  if (!(Number.isInteger(dimension) && dimension >= 1)) {
    throw misuse("bad_krylov", `krylov.dimension is ${dimension}, expected a positive integer`);
  }
  if (!(Number.isInteger(restarts) && restarts >= 0)) {
    throw misuse("bad_krylov", `krylov.restarts is ${restarts}, expected an integer from 0 on`);
  }
  if (jacobianVector !== undefined && typeof jacobianVector !== "function") {
    throw misuse("bad_krylov", "krylov.jacobianVector has to be a function (t, y, v, out, p)");
  }
  if (preconditioner !== undefined && typeof preconditioner.solve !== "function") {
    throw misuse("bad_krylov", "krylov.preconditioner has to have a function solve(b)");
  }
}

/** Refuses what says nothing, or two things, of where the Jacobian is zero. */
export function requireLayout(problem: OdeProblem, n: number): void {
  if (problem.band !== undefined) requireBand(problem.band, n);
  if (problem.sparsity !== undefined) requirePattern(problem, problem.sparsity, n);
  requireSparseJacobian(problem);
  requireKrylov(problem);
}
