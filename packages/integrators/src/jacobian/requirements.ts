import { IntegratorError } from "../errors.ts";
import type { Band, OdeProblem } from "../problem.ts";

function requireBand(band: Band, n: number): void {
  for (const side of ["lower", "upper"] as const) {
    const width = band[side];
    if (!Number.isInteger(width) || width < 0 || width > Math.max(0, n - 1)) {
      throw new IntegratorError(`band.${side} is ${width}, expected an integer from 0 to ${n - 1}`, {
        code: "bad_band",
      });
    }
  }
}

function requirePattern(problem: OdeProblem, sparsity: readonly (readonly number[])[], n: number): void {
  if (problem.band !== undefined) {
    throw new IntegratorError("sparsity and band both say where the Jacobian is zero, leave one out", {
      code: "bad_sparsity",
    });
  }
  if (!Array.isArray(sparsity) || sparsity.length !== n) {
    const given = Array.isArray(sparsity) ? `has ${sparsity.length} columns` : `is ${String(sparsity)}`;
    throw new IntegratorError(`sparsity ${given}, expected ${n} (the rows of each unknown)`, {
      code: "bad_sparsity",
    });
  }
  sparsity.forEach((rows, j) => {
    if (typeof rows !== "object") {
      throw new IntegratorError(
        `sparsity[${j}] is ${String(rows)}, expected a list of the rows of column ${j}`,
        { code: "bad_sparsity" },
      );
    }
    for (const i of rows) {
      if (!Number.isInteger(i) || i < 0 || i >= n) {
        throw new IntegratorError(`sparsity[${j}] names row ${i}, expected integers from 0 to ${n - 1}`, {
          code: "bad_sparsity",
        });
      }
    }
  });
}

function requireSparseJacobian({ sparsity, jacobian, sparseJacobian }: OdeProblem): void {
  if (sparseJacobian === undefined) return;
  if (typeof sparseJacobian !== "function") {
    throw new IntegratorError(
      `sparseJacobian is ${typeof sparseJacobian}, expected a function (t, y, values, p)`,
      { code: "bad_field" },
    );
  }
  if (jacobian !== undefined) {
    throw new IntegratorError("jacobian and sparseJacobian both give the Jacobian, leave one out", {
      code: "bad_sparsity",
    });
  }
  if (sparsity === undefined) {
    throw new IntegratorError(
      "sparseJacobian writes the entries that sparsity lists, expected sparsity with it",
      { code: "bad_sparsity" },
    );
  }
  sparsity.forEach((rows, j) => {
    if (new Set(rows).size === rows.length) return;
    throw new IntegratorError(
      `sparsity[${j}] names a row twice, expected each once: sparseJacobian writes one value for each`,
      { code: "bad_sparsity" },
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
    throw new IntegratorError(
      `krylov and ${other} both say how linear systems are solved, leave one out (${other} may serve in the preconditioner)`,
      { code: "bad_krylov" },
    );
  }
  const { dimension = 1, restarts = 0, preconditioner, jacobianVector } = krylov;
  if (!(Number.isInteger(dimension) && dimension >= 1)) {
    throw new IntegratorError(`krylov.dimension is ${dimension}, expected a positive integer`, {
      code: "bad_krylov",
    });
  }
  if (!(Number.isInteger(restarts) && restarts >= 0)) {
    throw new IntegratorError(`krylov.restarts is ${restarts}, expected an integer from 0 on`, {
      code: "bad_krylov",
    });
  }
  if (jacobianVector !== undefined && typeof jacobianVector !== "function") {
    throw new IntegratorError("krylov.jacobianVector has to be a function (t, y, v, out, p)", {
      code: "bad_krylov",
    });
  }
  if (preconditioner !== undefined && typeof preconditioner.solve !== "function") {
    throw new IntegratorError("krylov.preconditioner has to have a function solve(b)", {
      code: "bad_krylov",
    });
  }
}

/** Refuses what says nothing, or two things, of where the Jacobian is zero. */
export function requireLayout(problem: OdeProblem, n: number): void {
  if (problem.band !== undefined) requireBand(problem.band, n);
  if (problem.sparsity !== undefined) requirePattern(problem, problem.sparsity, n);
  requireSparseJacobian(problem);
  requireKrylov(problem);
}
