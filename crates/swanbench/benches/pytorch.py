"""The cells of `against_pytorch.rs` as a user of PyTorch would write them: eager, fused Adam, the
data in memory, one thread. With `--tuned`, also what is known to be faster on a CPU: channels_last,
the epoch's examples shuffled once, flushed denormals. Prints one line of JSON."""

import argparse
import gzip
import json
import math
import pathlib
import time

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
    return nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5),
                         nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 500), nn.ReLU(),
                         nn.Linear(500, 10))


def read(folder, name, offset):
    plain = pathlib.Path(folder, name)
    if plain.exists():
        content = plain.read_bytes()
    else:
        content = gzip.decompress(plain.with_name(name + ".gz").read_bytes())
    return torch.frombuffer(bytearray(content[offset:]), dtype=torch.uint8)


def split(folder, prefix, limit):
    images = read(folder, f"{prefix}-images-idx3-ubyte", 16).view(-1, 1, 28, 28)[:limit]
    labels = read(folder, f"{prefix}-labels-idx1-ubyte", 8)[:limit]
    return (images.float() / 255 - 0.2860) / 0.3530, labels.long()


def accuracy(net, images, labels):
    net.eval()
    with torch.no_grad():
        right = sum((net(x).argmax(1) == y).sum().item()
                    for x, y in zip(images.split(500), labels.split(500)))
    net.train()
    return right / len(labels)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=["mlp", "lenet5", "resnet20"])
    for name in ("limit", "epochs", "seed"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tuned", action="store_true")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    images, labels = split(arguments.data, "train", arguments.limit)
    test = split(arguments.data, "t10k", arguments.limit)
    count = len(labels) - round(0.1 * len(labels))
    validation = images[count:], labels[count:]
    images, labels = images[:count], labels[:count]
    net = globals()[arguments.model]()
    if arguments.tuned:
        torch.set_flush_denormal(True)
        net = net.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    steps = math.ceil(count / 128)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, arguments.epochs * steps)

    started = time.perf_counter()
    for _ in range(arguments.epochs):
        order = torch.randperm(count)
        if arguments.tuned:
            shuffled = images[order], labels[order]
        for step in range(steps):
            part = slice(128 * step, 128 * (step + 1))
            if arguments.tuned:
                x, y = shuffled[0][part], shuffled[1][part]
            else:
                x, y = images[order[part]], labels[order[part]]
            loss = F.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        accuracy(net, *validation)
    seconds = time.perf_counter() - started
    print(json.dumps({"accuracy": accuracy(net, *test), "seconds": seconds}))


main()
