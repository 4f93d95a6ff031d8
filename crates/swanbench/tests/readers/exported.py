"""Computes exported networks with other programs, and compares their logits with swanbench-run's.

Arguments: the folder of the built commands, a folder to work in.
"""

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors import safe_open

EXPERIMENT = """\
name: exported
data: {{ kind: mnist-5k, limit: 150 }}
model: {model}
train: {{ epochs: 3, recovery_epochs: 1, batch_size: 32, learning_rate: 2e-3 }}
seeds: [0]
targets: [0.6]
keep: models
methods: [dense, swan, network-slimming]
"""

# Every kind of operation.
MODELS = [
    "{ kind: mlp, hidden: [20, 12] }",
    "{ kind: lenet5, width: 0.2 }",
    "{ kind: vgg16_bn, width: 0.05 }",
    "{ kind: resnet20, width: 0.25 }",
    "{ kind: resnet18, width: 0.05 }",
]

TOLERANCE = 1e-4


class Twin:
    """A network as results/README.md describes its file, in 64-bit numbers."""

    def __init__(self, path):
        with safe_open(path, framework="numpy") as file:
            self.description = json.loads(file.metadata()["swanbench-infer"])
            self.tensors = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}

    def logits(self, images):
        """Returns logits [examples, classes] of images [examples, channels, height, width]."""
        values, self.gates, self.margin = [], {}, np.full(len(images), np.inf)
        for operation in self.description["operations"]:
            function = getattr(self, operation["kind"].replace("-", "_"))
            # `input` is the number of a value; the images are none.
            given = images if operation["kind"] == "images" else values[operation["input"]]
            arguments = {key: value for key, value in operation.items() if key not in ("kind", "input")}
            if "other" in arguments:
                arguments["other"] = values[arguments["other"]]
            values.append(function(given, **arguments))
        return values[-1]

    def images(self, images):
        mean, deviation = (np.array(self.description[key])[:, None, None] for key in ("mean", "deviation"))
        return (images - mean) / deviation

    def decide(self, x, gate, grid, varying, reduce, expand, bias):
        features = self.average(x, grid) if x.ndim == 4 and max(x.shape[2:]) > grid else x
        features = features.reshape(len(x), -1)
        if reduce is not None:
            features = features @ self.tensors[reduce].T
        logits = features @ self.tensors[expand] + self.tensors[bias]
        units = self.description["gates"][gate]
        is_open = np.ones((len(x), units), bool)
        is_open[:, varying] = logits > 0
        none = ~is_open.any(1)
        is_open[none, np.array(varying)[logits.argmax(1)[none]]] = True
        self.gates[gate] = is_open
        self.margin = np.minimum(self.margin, np.abs(logits).min(1))

    def gated(self, x, gate):
        if gate is None:
            return x
        is_open = self.gates[gate]
        return x * is_open.reshape(is_open.shape + (1,) * (x.ndim - 2))

    def linear(self, x, weight, bias, gate):
        return self.gated(x @ self.tensors[weight].T + self.tensors[bias], gate)

    def convolution(self, x, weight, bias, stride, padding, gate):
        weight = self.tensors[weight]
        padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], (2, 3))
        windows = windows[:, :, ::stride, ::stride]
        output = np.einsum("nihwab,oiab->nohw", windows, weight, optimize=True)
        return self.gated(output + self.tensors[bias][:, None, None], gate)

    def relu(self, x):
        return np.maximum(x, 0)

    def max_pool(self, x, size, stride, padding, ceil):
        assert not ceil or padding == 0
        if ceil:
            more = [(-(length - size)) % stride for length in x.shape[2:]]
            x = np.pad(x, [(0, 0), (0, 0), (0, more[0]), (0, more[1])], constant_values=-np.inf)
        sides = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
        padded = np.pad(x, sides, constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), (2, 3))
        return windows[:, :, ::stride, ::stride].max((-2, -1))

    def average(self, x, bins):
        def parts(length):
            return [(k * length // bins, -(-(k + 1) * length // bins)) for k in range(bins)]

        rows, columns = (parts(length) for length in x.shape[2:])
        means = [[x[:, :, a:b, c:d].mean((2, 3)) for c, d in columns] for a, b in rows]
        return np.array(means).transpose(2, 3, 0, 1)

    def flatten(self, x):
        return x.reshape(len(x), -1)

    def add(self, x, other):
        return x + other

    def thin(self, x, before, after):
        return np.pad(x[:, :, ::2, ::2], [(0, 0), (before, after), (0, 0), (0, 0)])

    def mask(self, x, gate):
        return self.gated(x, gate)


def main(commands, folder):
    commands, folder = Path(commands).resolve(), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    def run(name, *arguments):
        command = [commands / name, *arguments]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout

    pixels = np.random.default_rng(0).integers(0, 256, (40, 28, 28), np.uint8)
    (folder / "images.idx").write_bytes(struct.pack(">IIII", 0x803, *pixels.shape) + pixels.tobytes())
    images = pixels[:, None].astype(np.float32) / np.float32(255)
    for index, model in enumerate(MODELS):
        (folder / "exported.yaml").write_text(EXPERIMENT.format(model=model))
        results = f"results-{index}"
        run("swanbench", "sweep", "exported.yaml", "--quiet", "--results", results, "--plots", results)
        for label in ["dense", "swan", "network-slimming"]:
            for form in ["gated", "compact", "onnx"]:
                file = f"{label}.{form}"
                run("swanbench", "export", f"exported:{label}", "--as", form, "--to", file, "--results", results)
            for form in ["gated", "compact"]:
                lines = run("swanbench-run", f"{label}.{form}", "images.idx", "--json").splitlines()
                found = np.array([json.loads(line)["logits"] for line in lines])
                twin = Twin(folder / f"{label}.{form}")
                expected = twin.logits(images)
                # At a threshold rounding decides.
                sure = twin.margin > TOLERANCE
                assert sure.mean() > 0.9, (model, label, form, sure.mean())
                difference = np.abs(found - expected)[sure].max()
                assert difference < TOLERANCE, (model, label, form, difference)
            session = onnxruntime.InferenceSession(folder / f"{label}.onnx")
            (onnx,) = session.run(None, {"images": images})
            difference = np.abs(onnx - expected).max()
            assert difference < TOLERANCE, (model, label, "onnx", difference)
        print(f"ok: {model}: NumPy and onnxruntime compute what swanbench-run does")


main(*sys.argv[1:])
