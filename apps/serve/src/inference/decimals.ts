import { createDecimals, createKernels, type Decimals } from "@stiffnet/kernels";

let made: Decimals | undefined;

/** Of this process. */
export const decimals = (): Decimals => {
  made ??= createDecimals(createKernels({ threads: 1 }));
  return made;
};
