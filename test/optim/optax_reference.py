"""Writes optax_reference.json: what Python optax does in float64, for the tests of src/optim.

    pip install optax==0.2.8
    python optax_reference.py > optax_reference.json
"""

import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.contrib import muon

jax.config.update("jax_enable_x64", True)

STEPS = 6
rng = np.random.default_rng(20241210)


def tree():
    return {"kernel": rng.normal(size=(3, 4)), "bias": rng.normal(size=(4,)), "gain": rng.normal()}


# Short decimals, so that float32 and float64 start from nearly the same numbers.
short = lambda t: jax.tree.map(lambda x: np.round(np.asarray(x), 3), t)
params = short(tree())
gradients = [short(tree()) for _ in range(STEPS)]
is_kernel = {"kernel": True, "bias": False, "gain": False}

OPTIMIZERS = {
    "sgd": optax.sgd(0.1),
    "sgd momentum": optax.sgd(0.1, momentum=0.9),
    "sgd nesterov": optax.sgd(0.1, momentum=0.9, nesterov=True),
    "adam": optax.adam(0.01),
    "adam options": optax.adam(0.01, b1=0.8, b2=0.95, eps=1e-3, eps_root=1e-4),
    "nadam": optax.adam(0.01, nesterov=True),
    "adamw": optax.adamw(0.01, weight_decay=0.1),
    "adamw masked": optax.adamw(0.01, weight_decay=0.1, mask=is_kernel),
    "lamb": optax.lamb(0.01, weight_decay=0.05),
    "lion": optax.lion(0.01),
    "rmsprop": optax.rmsprop(0.01),
    "rmsprop centered": optax.rmsprop(0.01, eps=0.01, centered=True, momentum=0.9, nesterov=True, bias_correction=True),
    "rmsprop outside": optax.rmsprop(0.01, decay=0.8, eps=1e-3, initial_scale=0.5, eps_in_sqrt=False),
    "adagrad": optax.adagrad(0.1),
    "muon": muon(0.02),
    "muon options": muon(0.02, nesterov=False, weight_decay=0.1, adam_weight_decay=0.1, consistent_rms=0.2, ns_steps=4),
    "clip": optax.chain(optax.clip(0.5), optax.sgd(1.0)),
    "clipByGlobalNorm": optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(1.0)),
    "clipByGlobalNorm idle": optax.chain(optax.clip_by_global_norm(1e3), optax.sgd(1.0)),
    "addDecayedWeights": optax.chain(optax.add_decayed_weights(0.2, is_kernel), optax.sgd(0.1)),
    "ema": optax.ema(0.9),
    "ema biased": optax.ema(0.9, debias=False),
    "scaleBySchedule": optax.scale_by_schedule(optax.exponential_decay(1.0, 2, 0.5)),
    "adam with schedule": optax.adam(optax.cosine_decay_schedule(0.1, 4)),
    "multiTransform": optax.multi_transform(
        {"first": optax.sgd(0.5), "rest": optax.adam(0.01)}, {"kernel": "first", "bias": "first", "gain": "rest"}
    ),
    "masked": optax.masked(optax.adam(0.01), is_kernel),
}

SCHEDULES = {
    "constant": optax.constant_schedule(0.3),
    "linear": optax.linear_schedule(1.0, 0.2, 40, 10),
    "polynomial": optax.polynomial_schedule(1.0, 0.1, 2.0, 60),
    "exponential": optax.exponential_decay(1.0, 20, 0.5),
    "exponential staircase": optax.exponential_decay(2.0, 20, 0.5, transition_begin=7, staircase=True, end_value=0.3),
    "cosine": optax.cosine_decay_schedule(1.0, 80),
    "cosine options": optax.cosine_decay_schedule(1.0, 80, alpha=0.1, exponent=1.5),
    "piecewise constant": optax.piecewise_constant_schedule(1.0, {20: 0.1, 50: 0.5}),
    "piecewise linear": optax.piecewise_interpolate_schedule("linear", 1.0, {20: 0.1, 50: 5.0}),
    "warmup constant": optax.warmup_constant_schedule(0.1, 1.0, 30),
    "warmup cosine": optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 90, end_value=0.01),
    "warmup exponential": optax.warmup_exponential_decay_schedule(0.0, 1.0, 10, 20, 0.5, transition_begin=5),
    "cosine one-cycle": optax.cosine_onecycle_schedule(90, 1.0),
    "linear one-cycle": optax.linear_onecycle_schedule(90, 1.0),
    "join": optax.join_schedules([optax.constant_schedule(1.0), optax.linear_schedule(0.5, 0.0, 30)], [25]),
}
COUNTS = [0, 1, 5, 7, 10, 19, 20, 21, 27, 30, 49, 50, 51, 75, 76, 80, 89, 90, 99, 120]


def lists(t):
    return jax.tree.map(lambda x: np.asarray(x).tolist(), t)


def run(optimizer):
    p = jax.tree.map(jnp.asarray, params)
    state = optimizer.init(p)
    updates = []
    for g in gradients:
        u, state = optimizer.update(jax.tree.map(jnp.asarray, g), state, p)
        p = optax.apply_updates(p, u)
        updates.append(lists(u))
    return updates


def mean_losses():
    logits = np.round(rng.normal(size=(4, 3)) * 3, 3)
    integer = np.array([2, 0, 1, 2])
    probabilities = np.array([[0.2, 0.3, 0.5], [1, 0, 0], [0, 0.5, 0.5], [0.1, 0.1, 0.8]])
    binary = np.round(rng.uniform(size=(4, 3)), 3)
    one_hot = jax.nn.one_hot(integer, 3)
    return {
        "logits": logits.tolist(),
        "integer": integer.tolist(),
        "probabilities": probabilities.tolist(),
        "binary": binary.tolist(),
        "softmaxCrossEntropy": lists(optax.softmax_cross_entropy(logits, probabilities)),
        "smoothed": lists(optax.softmax_cross_entropy(logits, optax.smooth_labels(one_hot, 0.1))),
        "withIntegerLabels": lists(optax.softmax_cross_entropy_with_integer_labels(logits, integer)),
        "sigmoidBinaryCrossEntropy": lists(optax.sigmoid_binary_cross_entropy(logits, binary)),
        "l2": lists(optax.l2_loss(logits, binary)),
        "huber": lists(optax.huber_loss(logits, binary, delta=0.7)),
    }


print(
    json.dumps(
        {
            "params": lists(params),
            "gradients": [lists(g) for g in gradients],
            "updates": {name: run(optimizer) for name, optimizer in OPTIMIZERS.items()},
            "counts": COUNTS,
            "schedules": {name: [float(s(c)) for c in COUNTS] for name, s in SCHEDULES.items()},
            "losses": mean_losses(),
        },
        indent=None,
        separators=(",", ":"),
    )
)
