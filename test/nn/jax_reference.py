"""Writes jax_reference.json: layers and initialisers as JAX computes them, for the tests of src/nn.

    pip install jax==0.10.2
    python jax_reference.py > jax_reference.json
"""

import json

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import initializers

SHAPES = [(4, 3), (2, 2, 3, 2)]
INITIALIZERS = {
    "glorotUniform": initializers.glorot_uniform(),
    "glorotNormal": initializers.glorot_normal(),
    "heUniform": initializers.he_uniform(),
    "heNormal": initializers.he_normal(),
    "lecunUniform": initializers.lecun_uniform(),
    "lecunNormal": initializers.lecun_normal(),
    "normal": initializers.normal(0.5),
    "truncatedNormal": initializers.truncated_normal(0.5),
    "uniform": initializers.uniform(0.5),
}
drawn = {
    name: [np.asarray(f(jax.random.key(42), shape)).ravel().tolist() for shape in SHAPES]
    for name, f in INITIALIZERS.items()
}

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(20241210)
n = lambda *shape: np.round(rng.normal(size=shape), 2)
cases = {}


def case(name, x, params, y, state=None, after=None):
    entry = {"x": x, "params": params, "y": y}
    if state is not None:
        entry |= {"state": state, "after": after}
    cases[name] = jax.tree.map(
        lambda a: {"shape": list(np.shape(a)), "values": np.round(np.asarray(a, float).ravel(), 9).tolist()}, entry
    )


def conv(x, kernel, bias, strides, padding, dilation, groups, numbers):
    y = jax.lax.conv_general_dilated(
        x, kernel, strides, padding, rhs_dilation=dilation, feature_group_count=groups, dimension_numbers=numbers
    )
    return y if bias is None else y + bias


D1, D2, D3 = ("NWC", "WIO", "NWC"), ("NHWC", "HWIO", "NHWC"), ("NDHWC", "DHWIO", "NDHWC")
x, k, b = n(2, 5, 3), n(3, 4), n(4)
case("dense", x, {"kernel": k, "bias": b}, x @ k + b)
x, k, b = n(2, 7, 3), n(3, 3, 4), n(4)
case("conv1d", x, {"kernel": k, "bias": b}, conv(x, k, b, [2], "SAME", [1], 1, D1))
case("conv1d dilated", x, {"kernel": k, "bias": b}, conv(x, k, b, [1], "VALID", [2], 1, D1))
x, k, b = n(2, 6, 5, 4), n(3, 2, 4, 6), n(6)
case("conv2d", x, {"kernel": k, "bias": b}, conv(x, k, b, [1, 1], "SAME", [1, 1], 1, D2))
case("conv2d strided", x, {"kernel": k}, conv(x, k, None, [2, 1], "VALID", [1, 1], 1, D2))
case("conv2d padded", x, {"kernel": k, "bias": b}, conv(x, k, b, [2, 2], [(1, 1), (1, 1)], [1, 1], 1, D2))
k = n(3, 2, 2, 6)
case("conv2d grouped", x, {"kernel": k, "bias": b}, conv(x, k, b, [1, 1], "SAME", [1, 1], 2, D2))
k, b = n(3, 3, 4, 2), n(8)
y = conv(x, k.reshape(3, 3, 1, 8), b, [2, 2], "SAME", [1, 1], 4, D2)
case("depthwise", x, {"kernel": k, "bias": b}, y)
k, b = n(3, 3, 5, 4), n(5)
for padding in ["SAME", "VALID"]:
    y = jax.lax.conv_transpose(x, k, [2, 2], padding, dimension_numbers=D2, transpose_kernel=True) + b
    case("transposed " + padding.lower(), x, {"kernel": k, "bias": b}, y)
x, k, b = n(1, 4, 4, 3, 2), n(2, 2, 2, 2, 3), n(3)
case("conv3d", x, {"kernel": k, "bias": b}, conv(x, k, b, [1, 2, 1], "SAME", [1, 1, 1], 1, D3))
x, k, b = n(2, 4, 6, 3), n(12, 5), n(5)
y = conv(x, k.reshape(2, 2, 3, 5), b, [2, 2], "VALID", [1, 1], 1, D2).reshape(2, 6, 5)
case("patchEmbedding", x, {"kernel": k, "bias": b}, y)


def normalise(x, axes, eps):
    mean = x.mean(axes, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axes, keepdims=True) + eps)


x, scale, bias, mean, variance = n(3, 2, 4, 6), n(6), n(6), n(6), np.abs(n(6))
p = {"scale": scale, "bias": bias}
case("layerNorm", x, p, normalise(x, -1, 1e-5) * scale + bias)
groups = normalise(x.reshape(3, 2, 4, 3, 2), (1, 2, 4), 1e-5).reshape(x.shape)
case("groupNorm", x, p, groups * scale + bias)
state = {"mean": mean, "variance": variance}
case("batchNorm", x, p, (x - mean) / np.sqrt(variance + 1e-5) * scale + bias, state, state)
after = {
    "mean": 0.8 * mean + 0.2 * x.mean((0, 1, 2)),
    "variance": 0.8 * variance + 0.2 * x.var((0, 1, 2)),
}
case("batchNorm in training", x, p, normalise(x, (0, 1, 2), 1e-5) * scale + bias, state, after)

x = n(2, 5, 6)
p = {name: {"kernel": n(6, 6), "bias": n(6)} for name in ["query", "key", "value", "out"]}
heads = lambda name: (x @ p[name]["kernel"] + p[name]["bias"]).reshape(2, 5, 3, 2)
for name, causal in [("attention", False), ("attention causal", True)]:
    y = jax.nn.dot_product_attention(*map(heads, ["query", "key", "value"]), is_causal=causal)
    case(name, x, p, y.reshape(2, 5, 6) @ p["out"]["kernel"] + p["out"]["bias"])

x = n(2, 7)
case("gelu", x, {}, jax.nn.gelu(x, approximate=False))
case("gelu by tanh", x, {}, jax.nn.gelu(x, approximate=True))
case("silu", x, {}, jax.nn.silu(x))
x, w1, b1, w2, b2 = n(2, 3, 2, 4), n(4, 2), n(2), n(2, 4), n(4)
weights = jax.nn.sigmoid(jax.nn.relu(x.mean((1, 2)) @ w1 + b1) @ w2 + b2)
p = {"squeeze": {"kernel": w1, "bias": b1}, "excite": {"kernel": w2, "bias": b2}}
case("squeezeExcitation", x, p, x * weights[:, None, None, :])
x = n(2, 4, 4, 3)
window = lambda init, op: jax.lax.reduce_window(x, init, op, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
case("maxPool", x, {}, window(-np.inf, jax.lax.max))
case("avgPool", x, {}, window(0.0, jax.lax.add) / 4)
case("globalAvgPool", x, {}, x.mean((1, 2)))

x = n(2, 4, 3)
p = {"input": n(3, 8), "recurrent": n(2, 8), "bias": n(8)}
h = c = np.zeros((2, 2))
outputs = []
for t in range(4):
    i, f, g, o = np.split(np.asarray(x[:, t] @ p["input"] + h @ p["recurrent"] + p["bias"]), 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * np.tanh(g)
    h = jax.nn.sigmoid(o) * np.tanh(c)
    outputs.append(h)
case("lstm", x, p, np.stack(outputs, 1))
case("lstm, last output", x, p, outputs[-1])
p = {"input": n(3, 6), "recurrent": n(2, 6), "bias": n(6), "recurrentBias": n(6)}
h = np.zeros((2, 2))
outputs = []
for t in range(4):
    r, z, a = np.split(np.asarray(x[:, t] @ p["input"] + p["bias"]), 3, axis=-1)
    hr, hz, ha = np.split(np.asarray(h @ p["recurrent"] + p["recurrentBias"]), 3, axis=-1)
    r, z = jax.nn.sigmoid(r + hr), jax.nn.sigmoid(z + hz)
    h = (1 - z) * np.tanh(a + r * ha) + z * h
    outputs.append(h)
case("gru", x, p, np.stack(outputs, 1))
p = {"input": n(3, 2), "recurrent": n(2, 2), "bias": n(2)}
h = np.zeros((2, 2))
outputs = []
for t in range(4):
    h = np.tanh(x[:, t] @ p["input"] + h @ p["recurrent"] + p["bias"])
    outputs.append(h)
case("rnn", x, p, np.stack(outputs, 1))

print(json.dumps({"shapes": SHAPES, "initializers": drawn, "layers": cases}, separators=(",", ":")))
