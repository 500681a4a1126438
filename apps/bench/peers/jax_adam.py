"""Adam in JAX, for the peers that train by it."""
from step_engine import BETA1, BETA2, EPSILON


def start(jax, parameters):
    """The state before the first step: parameters, both moments, the number of steps."""
    zeros = jax.tree.map(jax.numpy.zeros_like, parameters)
    return parameters, zeros, jax.tree.map(jax.numpy.copy, zeros), jax.numpy.zeros((), parameters[0].dtype)


def step(jax, state, gradient, rate):
    numpy = jax.numpy
    parameters, first, second, count = state
    count = count + 1
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
    scale, root = rate / (1 - BETA1**count), numpy.sqrt(1 - BETA2**count)
    parameters = jax.tree.map(
        lambda p, m, v: p - scale * m / (numpy.sqrt(v) / root + EPSILON), parameters, first, second)
    return parameters, first, second, count
