"""How many runs an hour one graphics card trains: PyTorch one run after another, and swanbench with
more and more processes. `just bench-card PYTHON`, where PYTHON can import torch with CUDA. Prints a
table in Markdown; start NVIDIA's MPS first (`nvidia-cuda-mps-control -d`) and compare with a call
without it.

The cells: 20 epochs of the MLP 300-100 and 15 of LeNet-5 on MNIST-5k, batches of 128. A rate of ours
is that of the middle half of many runs, when all processes train; one of PyTorch is the median epoch
of a process that has started."""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parents[1] / "swanbench-data/assets/mnist-5k"
CELLS = {"mlp": ("{ kind: mlp, hidden: [300, 100] }", 20), "lenet5": ("lenet5", 15)}
RUNS_OF_EACH_PROCESS = 16
EXPERIMENT = """\
name: card
data: mnist-5k
model: {model}
train: {{ epochs: {epochs}, batch_size: 128, optimizer: adam, learning_rate: 1e-3 }}
seeds: {seeds}
methods: [dense]
"""


def of_pytorch(model, engine):
    """Trains eight epochs in one process, and returns the runs a second of all but the first two."""
    command = [sys.executable, HERE / "peers.py", model, engine, "--device", "cuda", "--seed", "0",
               "--limit", "4000", "--epochs", "8", "--data", DATA]
    told = subprocess.run(command, input="go\n" * 8, text=True, stdout=subprocess.PIPE, check=True)
    seconds = [float(line) for line in told.stdout.splitlines()[2:8]]
    return 1 / (CELLS[model][1] * statistics.median(seconds))


def of_ours(program, model, processes):
    """Sweeps over seeds, and returns the runs a second of the middle half."""
    text, epochs = CELLS[model]
    seeds = list(range(RUNS_OF_EACH_PROCESS * processes))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        file = folder / "card.yaml"
        file.write_text(EXPERIMENT.format(model=text, epochs=epochs, seeds=seeds))
        command = [program, "sweep", file, "--device", "cuda", "--jobs", str(processes), "--quiet",
                   "--launcher", "processes", "--results", folder / "results", "--plots", folder]
        subprocess.run(command, check=True)
        log = (folder / "results/card/log.jsonl").read_text().splitlines()
    ends = sorted(line["time"] for line in map(json.loads, log) if line["event"] == "run-done")
    first, last = len(ends) // 4, 3 * len(ends) // 4
    return (last - first) / (ends[last] - ends[first])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="target/release/swanbench")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 4, 8, 12])
    arguments = parser.parse_args()
    print("| model | trained by | runs an hour | over PyTorch, eager |\n| --- | --- | ---: | ---: |")
    for model in CELLS:
        eager = of_pytorch(model, "eager")
        rates = {"PyTorch, eager": eager,
                 "PyTorch, channels last": of_pytorch(model, "channels_last")}
        for count in arguments.processes:
            name = "swanbench, 1 process" if count == 1 else f"swanbench, {count} processes"
            rates[name] = of_ours(arguments.program, model, count)
        for name, rate in rates.items():
            print(f"| {model} | {name} | {3600 * rate:,.0f} | {rate / eager:.1f}× |", flush=True)


main()
