// Every activation that a file can hold: s(z) and s'(z).

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

const density = (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** The distribution function of the standard normal distribution: Marsaglia's series of positive terms. */
function normal(z) {
  if (Math.abs(z) > 9) return z > 0 ? 1 : 0;
  let [sum, term] = [0, z];
  for (let k = 3; sum + term !== sum; k += 2) {
    sum += term;
    term *= (z * z) / k;
  }
  return 0.5 + sum * density(z);
}

export const activations = {
  tanh: { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  softplus: { value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), slope: sigmoid },
  sin: { value: Math.sin, slope: Math.cos },
  identity: { value: (z) => z, slope: () => 1 },
  gelu: { value: (z) => z * normal(z), slope: (z) => normal(z) + z * density(z) },
  silu: { value: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) * (1 + z * sigmoid(-z)) },
};
