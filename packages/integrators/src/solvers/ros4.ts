import { rosenbrockSolver } from "../families/rosenbrock.ts";
import type { RosenbrockSolver } from "./solver.ts";

/** The L-stable ROS4 of Hairer and Wanner: four stages with three evaluations, order 4(3), not stiffly
 *  accurate. Its steps are cheap, for semi-discretised partial differential equations at moderate tolerances.
 *  Their gamma has five digits, which makes R(-inf) 2e-5. Here gamma is the exact root of
 *  gamma^4 - 4 gamma^3 + 3 gamma^2 - 2 gamma / 3 + 1 / 24. The other coefficients are the nearest that
 *  satisfy the order conditions with alpha_2 = 2 gamma and b_3 = 0. Four stages allow no continuous extension
 *  of order 3. This one has order 2, with the smallest residuals of order 3 and then of order 4.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.7, table 7.2 */
export const ros4: RosenbrockSolver = rosenbrockSolver("ros4", "L", {
  gamma: 0.5728160624821349,
  a: [[], [2], [1.8679481466559784, 0.23444556814091008], [1.8679481466559784, 0.23444556814091008, 0]],
  c: [
    [],
    [-7.137649921358897],
    [2.5807088543072436, 0.6515974889225588],
    [-2.137126758771011, -0.3214675646505562, -0.6949872636617085],
  ],
  m: [2.255573416227316, 0.2870538286985105, 0.43532525214735845, 1.0935076529988494],
  e: [0.2815458713985813, 0.07276533589022977, 0.10821621313448297, 1.0935076529988494],
  alpha: [0, 1.1456321249642698, 0.655214977162467, 0.655214977162467],
  d: [0.5728160624821349, -1.7691770777109208, 0.7592563164351573, -0.10489462620786676],
  order: 4,
  embeddedOrder: 3,
  denseOrder: 2,
  dense: [
    [2.0476784912682287, 0.14719524902436676, -1.5242485904233956, -2.333453188874863],
    [0.010701524305484657, -0.046282139715235475, -0.12981944266702736, -0.10062408834254724],
    [0.14711358989888143, 0.038021405641054495, 0.05654522838638399, 0.5713805555572132],
  ],
});
