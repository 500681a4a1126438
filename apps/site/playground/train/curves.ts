/** Functions on [-1, 1] for a network to learn. Only + - * /, which give the same bits in every browser.
 *  `text` is the function in the program for Node. */
export const curves: Readonly<
  Record<string, { readonly label: string; readonly text: string; readonly of: (x: number) => number }>
> = {
  bump: { label: "a bump", text: "1 / (1 + 10 * x * x)", of: (x) => 1 / (1 + 10 * x * x) },
  // No neural ODE of one dimension can learn it, and large Euler steps can.
  flip: { label: "the flip x → −x", text: "-x", of: (x) => -x },
};
