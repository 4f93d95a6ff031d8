"""The cells of `peers.rs` as a user of PyTorch or JAX would write them, the data in memory, in one
thread. For each line on standard input it trains an epoch, with a pass over validation at its end,
and prints the seconds; at the end of the input it prints the accuracy on test.

Engines: `eager` PyTorch with fused Adam; `channels_last`, also with the epoch's examples shuffled
once and flushed denormals; `compile`, that under `torch.compile`; `jax`, an epoch as one scan of a
jitted step. With `--device cuda` PyTorch's compute there. `limit` computes the matrix products and
convolutions of an epoch and nothing else, each by the fastest of PyTorch's libraries and layouts."""

import argparse
import gzip
import math
import os
import pathlib
import sys
import time

import numpy as np

BATCH = 128


def read(folder, name, offset, shape):
    plain = pathlib.Path(folder, name)
    content = plain.read_bytes() if plain.exists() else gzip.decompress(
        plain.with_name(name + ".gz").read_bytes())
    return np.frombuffer(content, np.uint8, offset=offset).reshape(shape)


def split(folder, prefix, limit):
    images = read(folder, f"{prefix}-images-idx3-ubyte", 16, (-1, 1, 28, 28))[:limit]
    labels = read(folder, f"{prefix}-labels-idx1-ubyte", 8, -1)[:limit]
    return (images.astype(np.float32) / 255 - 0.2860) / 0.3530, labels.astype(np.int64)


def rate(step, steps):
    """The learning rate of a step: half a cosine over all epochs."""
    return 1e-3 * 0.5 * (1 + math.cos(math.pi * step / steps))


def run_pytorch(arguments, train, validation, test):
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Block(nn.Module):
        """A basic block with parameter-free shortcut (He et al. 2016, option A)."""

        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.stride, self.added = stride, outputs - inputs

        def forward(self, x):
            y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            if self.stride != 1 or self.added:
                x = F.pad(x[:, :, :: self.stride, :: self.stride],
                          (0, 0, 0, 0, self.added // 2, self.added - self.added // 2))
            return F.relu(x + y)

    def resnet20():
        layers, inputs = [nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
        for outputs, stride in ((16, 1), (32, 2), (64, 2)):
            for block in range(3):
                layers.append(Block(inputs, outputs, stride if block == 0 else 1))
                inputs = outputs
        net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        return net

    def mlp():
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100),
                             nn.ReLU(), nn.Linear(100, 10))

    def lenet5():
        return nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                             nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))

    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    device = torch.device(arguments.device)
    net = {"mlp": mlp, "lenet5": lenet5, "resnet20": resnet20}[arguments.model]().to(device)
    to_torch = lambda part: tuple(torch.from_numpy(values.copy()).to(device) for values in part)
    (images, labels), validation, test = map(to_torch, (train, validation, test))
    tuned = arguments.engine != "eager"
    if tuned:
        torch.set_flush_denormal(True)
        net = net.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    loss_of = lambda x, y: F.cross_entropy(net(x), y)
    predict = net
    if arguments.engine == "compile":
        loss_of, predict = torch.compile(loss_of), torch.compile(net)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    steps = math.ceil(len(labels) / BATCH)
    done = 0

    def accuracy(images, labels):
        net.eval()
        with torch.no_grad():
            right = sum((predict(x).argmax(1) == y).sum().item()
                        for x, y in zip(images.split(500), labels.split(500)))
        net.train()
        return right / len(labels)

    def epoch():
        nonlocal done
        order = torch.randperm(len(labels), device=device)
        if tuned:
            shuffled = images[order], labels[order]
        for step in range(steps):
            part = slice(BATCH * step, BATCH * (step + 1))
            if tuned:
                x, y = shuffled[0][part], shuffled[1][part]
            else:
                x, y = images[order[part]], labels[order[part]]
            loss = loss_of(x, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.param_groups[0]["lr"] = rate(done, arguments.epochs * steps)
            optimizer.step()
            done += 1
        accuracy(*validation)

    return epoch, lambda: accuracy(*test)


def run_jax(arguments, train, validation, test):
    import jax
    from jax import lax, numpy as jnp

    key = jax.random.key(arguments.seed)

    def uniform(shape, inputs):
        nonlocal key
        key, own = jax.random.split(key)
        bound = 1 / math.sqrt(inputs)
        return jax.random.uniform(own, shape, minval=-bound, maxval=bound)

    def linear(inputs, outputs):
        return uniform((inputs, outputs), inputs), uniform((outputs,), inputs)

    def conv(inputs, outputs, size):
        return uniform((size, size, inputs, outputs), inputs * size * size)

    def convolve(x, weight, stride=1, padding="VALID"):
        return lax.conv_general_dilated(x, weight, (stride, stride), padding,
                                        dimension_numbers=("NHWC", "HWIO", "NHWC"))

    def pool(x):
        return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

    relu = lambda x: jnp.maximum(x, 0)
    dense = lambda x, layer: x @ layer[0] + layer[1]
    blocks = [(a, b, 2 if a != b else 1) for a, b in
              [(16, 16)] * 3 + [(16, 32), (32, 32), (32, 32), (32, 64), (64, 64), (64, 64)]]

    if arguments.model == "mlp":
        params = [linear(784, 300), linear(300, 100), linear(100, 10)]
        running = []

        def net(params, running, x, training):
            x = relu(dense(x.reshape(len(x), -1), params[0]))
            return dense(relu(dense(x, params[1])), params[2]), running
    elif arguments.model == "lenet5":
        params = [conv(1, 20, 5), jnp.zeros(20), conv(20, 50, 5), jnp.zeros(50),
                  linear(800, 500), linear(500, 10)]
        running = []

        def net(params, running, x, training):
            x = pool(relu(convolve(x, params[0]) + params[1]))
            x = pool(relu(convolve(x, params[2]) + params[3]))
            x = relu(dense(x.reshape(len(x), -1), params[4]))
            return dense(x, params[5]), running
    else:
        widths = [16] + [width for _, width, _ in blocks for _ in range(2)]
        convs = [conv(1, 16, 3)] + [part for a, b, _ in blocks for part in
                                    (conv(a, b, 3), conv(b, b, 3))]
        norms = [(jnp.ones(width), jnp.zeros(width)) for width in widths]
        params = [convs, norms, linear(64, 10)]
        running = [(jnp.zeros(width), jnp.ones(width)) for width in widths]

        def norm(x, own, kept, training):
            if training:
                mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
                kept = tuple(0.9 * old + 0.1 * new for old, new in zip(kept, (mean, variance)))
            else:
                mean, variance = kept
            return (x - mean) * (own[0] * lax.rsqrt(variance + 1e-5)) + own[1], kept

        def net(params, running, x, training):
            convs, norms, last = params
            kept = list(running)
            place = iter(range(len(convs)))

            def layer(x, stride=1):
                own = next(place)
                x = convolve(x, convs[own], stride, ((1, 1), (1, 1)))
                x, kept[own] = norm(x, norms[own], running[own], training)
                return x

            x = relu(layer(x))
            for inputs, outputs, stride in blocks:
                y = layer(relu(layer(x, stride)))
                if stride != 1:
                    added = (outputs - inputs) // 2
                    x = jnp.pad(x[:, ::2, ::2], ((0, 0), (0, 0), (0, 0), (added, added)))
                x = relu(x + y)
            return dense(x.mean((1, 2)), last), kept

    def loss_of(params, running, x, y):
        logits, running = net(params, running, x, True)
        likelihood = jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1)
        return -likelihood.mean(), running

    count = len(train[1])
    whole, steps = count // BATCH, math.ceil(count / BATCH)
    total = arguments.epochs * steps

    def step(state, x, y):
        params, running, first, second, done = state
        (_, running), grads = jax.value_and_grad(loss_of, has_aux=True)(params, running, x, y)
        now = done + 1
        lr = 1e-3 * 0.5 * (1 + jnp.cos(jnp.pi * done / total))
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, grads)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, grads)
        scale = lr * jnp.sqrt(1 - 0.999**now) / (1 - 0.9**now)
        update = lambda p, m, v: p - scale * m / (jnp.sqrt(v) + 1e-8)
        return jax.tree.map(update, params, first, second), running, first, second, now

    @jax.jit
    def train_epoch(state, images, labels, order):
        def scanned(state, part):
            return step(state, images[part], labels[part]), None
        state, _ = lax.scan(scanned, state, order[: whole * BATCH].reshape(whole, BATCH))
        if count % BATCH:
            rest = order[whole * BATCH:]
            state = step(state, images[rest], labels[rest])
        return state

    @jax.jit
    def right(params, running, x, y):
        return (net(params, running, x, False)[0].argmax(1) == y).sum()

    to_jax = lambda part: (jnp.asarray(part[0].transpose(0, 2, 3, 1)), jnp.asarray(part[1]))
    train, validation, test = map(to_jax, (train, validation, test))
    zeros = lambda: jax.tree.map(jnp.zeros_like, params)
    state = (params, running, zeros(), zeros(), jnp.float32(0))
    random = np.random.default_rng(arguments.seed)

    def accuracy(part):
        parts = range(0, len(part[1]), 500)
        return sum(int(right(state[0], state[1], part[0][at:at + 500], part[1][at:at + 500]))
                   for at in parts) / len(part[1])

    def epoch():
        nonlocal state
        state = train_epoch(state, *train, jnp.asarray(random.permutation(count)))
        accuracy(validation)

    return epoch, lambda: accuracy(test)


def run_limit(arguments, train, validation, test):
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    aten, last = torch.ops.aten, torch.channels_last
    products = []

    def add(ways):
        """Keeps the fastest of several ways to compute a layer's outputs and gradients."""
        def seconds(way):
            started = time.perf_counter()
            way(True)
            return time.perf_counter() - started
        products.append(min(ways, key=lambda way: min(seconds(way) for _ in range(10))))

    def linear(inputs, outputs):
        of_images = not products
        x, g = torch.randn(BATCH, inputs), torch.randn(BATCH, outputs)
        w = torch.randn(outputs, inputs)
        onednn = lambda a, b: torch.ops.mkldnn._linear_pointwise(a, b, None, "none", [], "")
        mkl = lambda a, b: a.mm(b.t())

        def way(multiply):
            def product(with_gradients):
                multiply(x, w)
                if with_gradients:
                    multiply(g.t(), x.t())
                    if not of_images:
                        multiply(g, w.t())
            return product
        add([way(mkl), way(onednn)])

    def conv(inputs, outputs, kernel, size, stride=1):
        of_images, padding = not products, kernel // 2 if kernel == 3 else 0
        after = (size + 2 * padding - kernel) // stride + 1

        def way(lay_out):
            x, g = lay_out(torch.randn(BATCH, inputs, size, size)), lay_out(
                torch.randn(BATCH, outputs, after, after))
            w = lay_out(torch.randn(outputs, inputs, kernel, kernel))
            where = [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1

            def product(with_gradients):
                aten.convolution(x, w, None, *where)
                if with_gradients:
                    aten.convolution_backward(g, x, w, None, *where, [not of_images, True, False])
            return product
        add([way(lambda t: t), way(lambda t: t.contiguous(memory_format=last))])

    def prepare():
        if arguments.model == "mlp":
            linear(784, 300), linear(300, 100), linear(100, 10)
        elif arguments.model == "lenet5":
            conv(1, 20, 5, 28), conv(20, 50, 5, 12), linear(800, 500), linear(500, 10)
        else:
            conv(1, 16, 3, 28)
            for inputs, outputs, size in ((16, 16, 28), (16, 32, 28), (32, 64, 14)):
                stride = outputs // inputs
                conv(inputs, outputs, 3, size, stride)
                for _ in range(5):
                    conv(outputs, outputs, 3, size // stride)
            linear(64, 10)

    def epoch():
        # Only now does no other contestant disturb the choice.
        if not products:
            prepare()
        with torch.no_grad():
            for part, with_gradients in ((train, True), (validation, False)):
                for _ in range(math.ceil(len(part[1]) / BATCH)):
                    for product in products:
                        product(with_gradients)

    return epoch, lambda: math.nan


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=["mlp", "lenet5", "resnet20"])
    parser.add_argument("engine", choices=["eager", "channels_last", "compile", "jax", "limit"])
    for name in ("limit", "epochs", "seed"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    # Whatever a library thinks of threads.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    images, labels = split(arguments.data, "train", arguments.limit)
    test = split(arguments.data, "t10k", arguments.limit)
    count = len(labels) - round(0.1 * len(labels))
    train, validation = (images[:count], labels[:count]), (images[count:], labels[count:])
    run = {"jax": run_jax, "limit": run_limit}.get(arguments.engine, run_pytorch)
    epoch, accuracy = run(arguments, train, validation, test)
    for _ in sys.stdin:
        started = time.perf_counter()
        epoch()
        print(time.perf_counter() - started, flush=True)
    print("accuracy", accuracy())


main()
