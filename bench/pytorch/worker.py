"""Runs the models of bench/models in PyTorch on the CPU: python3 worker.py THREADS CLOCK, then lines "model batch measure kind" on standard input.

The kind is "plain"; "fused" with the optimizer's fused kernel, which PyTorch takes on the CPU where it is asked to; or "tract" with the first
layer wrapped by the official torch-tract, where that is installed. The first line of the output names the models, and behind a bar those that
can be wrapped.
"""
import sys
import time

import torch
from torch import nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
clock = time.process_time if sys.argv[2:] == ["processor"] else time.perf_counter
torch.manual_seed(0)


def mlp(n, hidden):
    return nn.Sequential(nn.Linear(n, hidden), nn.ReLU(), nn.Linear(hidden, 10))


def conv_net(a, b):
    return nn.Sequential(
        nn.Conv2d(1, a, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(b * 7 * 7, 10),
    )


def conv_cifar():
    return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 32 * 32, 10))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(28, 64, batch_first=True)
        self.head = nn.Linear(64, 10, bias=False)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class Block(nn.Module):
    def __init__(self, features, heads, hidden):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(features), nn.LayerNorm(features)
        self.attention = nn.MultiheadAttention(features, heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(features, hidden), nn.GELU(), nn.Linear(hidden, features), nn.GELU())

    def forward(self, x):
        h = self.norm1(x)
        x = x + self.attention(h, h, h, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    def __init__(self, size, patch, layers, heads, features, hidden, classes):
        super().__init__()
        self.patches = nn.Conv2d(3, features, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, features))
        self.positions = nn.Parameter(0.02 * torch.randn(1, (size // patch) ** 2 + 1, features))
        self.blocks = nn.Sequential(*[Block(features, heads, hidden) for _ in range(layers)])
        self.head = nn.Sequential(nn.LayerNorm(features), nn.Linear(features, classes))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.head(self.blocks(x)[:, 0])


class Basic(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(before, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
        )
        same = stride == 1 and before == width
        self.shortcut = nn.Sequential() if same else nn.Sequential(
            nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        return F.relu(self.main(x) + self.shortcut(x))


def resnet18():
    layers = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    before = 64
    for i in range(4):
        width = 64 * 2 ** i
        layers += [Basic(before, width, 1 if i == 0 else 2), Basic(width, width, 1)]
        before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


MODELS = {
    "small-mlp-1": (lambda: mlp(32, 32), (32,), 10),
    "small-mlp-32": (lambda: mlp(32, 32), (32,), 10),
    "mlp": (lambda: mlp(784, 256), (784,), 10),
    "conv": (lambda: conv_net(16, 32), (1, 28, 28), 10),
    "conv-cifar": (conv_cifar, (3, 32, 32), 10),
    "rnn": (Recurrent, (28, 28), 10),
    "vit-stem": (lambda: ViT(224, 16, 1, 6, 384, 1536, 1000), (3, 224, 224), 1000),
    "vit": (lambda: ViT(32, 4, 7, 12, 384, 384, 10), (3, 32, 32), 10),
    "small-conv": (lambda: conv_net(8, 16), (1, 28, 28), 10),
    "transformer": (lambda: ViT(32, 4, 1, 4, 64, 128, 10), (3, 32, 32), 10),
    "resnet18": (resnet18, (3, 32, 32), 10),
}
# torch-tract wraps nn.Linear and nn.Conv2d, not nn.RNN.
try:
    from torch_tract import TrAct
    WRAPPED = [name for name in MODELS if name != "rnn"]
except ImportError:
    WRAPPED = []


def wrap(model):
    """The model with its first linear layer or convolution wrapped; lambda is 0.1, as everywhere here."""
    parent, name, first = next(
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if isinstance(child, (nn.Linear, nn.Conv2d))
    )
    setattr(parent, name, TrAct(first, l=0.1))
    return model


ready = {}


def prepared(name, batch, kind):
    if not any(model == name for model, _ in ready):
        ready.clear()
    if (name, kind) not in ready:
        make, example, classes = MODELS[name]
        model = wrap(make()) if kind == "tract" else make()
        optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True if kind == "fused" else None)
        ready[name, kind] = model, optimizer, torch.rand(batch, *example), torch.arange(batch) % classes
    return ready[name, kind]


def run(name, batch, measure, kind):
    model, optimizer, x, y = prepared(name, batch, kind)
    start = clock()
    if measure == "forward":
        with torch.no_grad():
            F.cross_entropy(model(x), y).item()
    else:
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        if measure == "step":
            optimizer.step()
        loss.item()
    return (clock() - start) * 1000


print("ready", *MODELS, "|", *WRAPPED, flush=True)
for line in sys.stdin:
    name, batch, measure, kind = line.split()
    try:
        print(run(name, int(batch), measure, kind), flush=True)
    except RuntimeError as error:
        print("error", str(error).split("\n")[0], flush=True)
