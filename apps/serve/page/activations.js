// Every activation that a file can hold: s(z) and s'(z).

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

export const activations = {
  tanh: { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  softplus: { value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), slope: sigmoid },
  sin: { value: Math.sin, slope: Math.cos },
  identity: { value: (z) => z, slope: () => 1 },
};
