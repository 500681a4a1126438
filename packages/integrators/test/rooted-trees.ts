/** A rooted tree, as the multiset of the trees that hang on its root. */
export interface RootedTree {
  readonly children: readonly RootedTree[];
  /** Number of vertices. */
  readonly order: number;
  /** gamma(t) = order * product of the children's gamma: the order condition of t is Phi(t) = 1 /
   *  gamma(t). */
  readonly density: number;
}

/** Every rooted tree with at most `order` vertices: 1, 1, 2, 4, 9, 20, ... of each size.
 *  @see Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.2 */
export function rootedTrees(order: number): RootedTree[] {
  const trees: RootedTree[] = [];
  const grow = (children: RootedTree[], room: number, from: number, wanted: number): void => {
    if (room === 0) {
      const density = children.reduce((product, child) => product * child.density, wanted);
      trees.push({ children: [...children], order: wanted, density });
      return;
    }
    // Children keep the order of their trees, so that each multiset appears once.
    for (let i = from; i < known; i++) {
      const child = trees[i]!;
      if (child.order <= room) grow([...children, child], room - child.order, i, wanted);
    }
  };
  let known = 0;
  for (let size = 1; size <= order; size++) {
    known = trees.length;
    grow([], size - 1, 0, size);
  }
  return trees;
}

/** The weights b^T Phi(t) of a method's elementary differentials. `product(children, v)` maps the stage
 *  vector v of a subtree to the stage vector that its parent sees: A v for Runge-Kutta methods. */
export function elementaryWeight(
  tree: RootedTree,
  b: readonly number[],
  product: (v: number[], onlyChild: boolean) => number[],
): number {
  const stages = (t: RootedTree): number[] => {
    const values = b.map(() => 1);
    for (const child of t.children) {
      const below = product(stages(child), t.children.length === 1);
      for (let i = 0; i < values.length; i++) values[i] = values[i]! * below[i]!;
    }
    return values;
  };
  return stages(tree).reduce((sum, value, i) => sum + value * b[i]!, 0);
}
