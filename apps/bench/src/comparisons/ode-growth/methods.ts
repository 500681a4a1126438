/** How the linear systems are solved, or that there are none. */
export const growthMethods = ["sparse", "krylov", "rkc", "auto"] as const;
export type GrowthMethod = (typeof growthMethods)[number];

/** What each is called in tables and figures; CVODE has the first two. */
export const ownNames: Readonly<Record<GrowthMethod, string>> = {
  sparse: "bdf, sparse",
  krylov: "bdf, GMRES",
  rkc: "rkc",
  auto: "auto",
};

export const peerNames: Partial<Readonly<Record<GrowthMethod, string>>> = {
  sparse: "CVODE, KLU",
  krylov: "CVODE, GMRES",
};
