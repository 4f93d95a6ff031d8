# swanbench: sparsity methods compared on equal terms. `just sweep` is the main job.

set shell := ["bash", "-euo", "pipefail", "-c"]
set positional-arguments

# List the recipes
default:
    @just --list --unsorted

# Install libtorch in .libtorch: for the CPU (1.3 GB) or, with `cuda`, for GPUs too (4.7 GB)
[group('set-up')]
setup kind='':
    #!/usr/bin/env bash
    set -euo pipefail
    if [ -n "${LIBTORCH:-}" ]; then
        echo "using the libtorch of LIBTORCH=$LIBTORCH"
        exit 0
    fi
    link=.libtorch/torch
    kind='{{ kind }}'
    if [ -z "$kind" ] && [ -e "$link" ]; then exit 0; fi
    case "${kind:=cpu}" in
        cpu) packages=(--no-deps torch==2.11.0 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85) ;;
        cuda) packages=(torch==2.11.0) ;;
        *) echo "error: unknown set-up '$kind', expected cpu or cuda" >&2; exit 2 ;;
    esac
    venv=".libtorch/$kind"
    if [ ! -e "$venv/complete" ]; then
        rm -rf "$venv"
        if ! python3 -m venv "$venv"; then
            echo "error: python3 cannot make a virtual environment; on Debian and Ubuntu:" \
                 "apt-get install python3-venv" >&2
            exit 1
        fi
        "$venv/bin/pip" install --disable-pip-version-check "${packages[@]}"
        touch "$venv/complete"
    fi
    # The link comes last: where it is, libtorch is whole. cargo finds it by .cargo/config.toml.
    torch=$(cd "$venv" && echo lib/python3.*/site-packages/torch)
    ln -sfn "$kind/$torch" "$link"

# Compile everything but the tests
[group('set-up')]
build: setup
    cargo build --release --workspace

# Train the runs of an experiment that are missing, then write its report
[group('work')]
sweep file='experiments/quickstart.yaml' *options: build
    cargo run --release --quiet --bin swanbench -- sweep "$@"

# Write the report of an experiment again, by its name
[group('work')]
report name='quickstart' *options: build
    cargo run --release --quiet --bin swanbench -- report "$@"

# Show the SWAN paper's numbers beside ours, in plots/paper too; `just paper train` trains what two cores can
[group('work')]
paper what='':
    #!/usr/bin/env bash
    set -euo pipefail
    case '{{ what }}' in
        '') names=() ;;
        train) names=(mnist-mlp vgg16-cifar10-narrow) ;;
        *) echo "error: just paper {{ what }}: expected nothing, or train" >&2; exit 2 ;;
    esac
    just build
    for name in "${names[@]}"; do
        cargo run --release --quiet --bin swanbench -- sweep "experiments/paper/$name.yaml"
    done
    cargo run --release --quiet --bin swanbench -- paper experiments/paper/*.yaml

# Run all tests
[group('check')]
test: setup
    cargo test --release --workspace --lib --bins --tests

# Test the page of a report in a headless Chromium, which CHROMIUM may name
[group('check')]
test-page: setup
    cargo test --release --workspace --test page -- --ignored

# Read results, reports and exported networks with pandas, polars, DuckDB, onnxruntime and others
[group('check')]
test-readers: build
    #!/usr/bin/env bash
    set -euo pipefail
    folder=target/readers tests=crates/swanbench/tests/readers
    cargo run --release --quiet --bin swanbench -- sweep "$tests/experiment.yaml" --quiet \
        --results "$folder/results" --plots "$folder/plots"
    read_with() {
        local venv="$folder/$1"
        [ -e "$venv" ] || python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
        "$venv/bin/python" "$tests/read.py" "$folder/results/readers" "$folder/plots/readers"
    }
    # The oldest that have wheels for Python 3.11, and today's.
    if python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
        read_with old pyarrow==12.0.1 pandas==2.0.3 'numpy<2' polars==0.20.31
    else
        echo "skipped: pyarrow 12 needs Python 3.11"
    fi
    venv="$folder/exported"
    [ -e "$venv" ] || python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check \
        numpy==2.4.6 onnxruntime==1.32.0 safetensors==0.8.0
    "$venv/bin/python" "$tests/exported.py" target/release "$folder/networks"
    read_with new pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1

# Search for input that makes a parser panic; needs `cargo install cargo-fuzz --locked`
[group('check')]
fuzz seconds='60':
    #!/usr/bin/env bash
    set -euo pipefail
    for target in data/idx data/cifar spec/experiment infer/network; do
        folder="crates/swanbench-${target%/*}/fuzz" name="${target#*/}"
        mkdir -p "$folder/corpus/$name"
        if [ -d "$folder/seeds/$name" ]; then cp "$folder/seeds/$name"/* "$folder/corpus/$name"; fi
        cargo fuzz run --fuzz-dir "$folder" --sanitizer none "$name" -- -max_total_time='{{ seconds }}' -timeout=10
    done

# Check that the engine of exported networks compiles for 64-bit ARM, if the target can be had
[group('check')]
check-arm:
    #!/usr/bin/env bash
    set -euo pipefail
    target=aarch64-unknown-linux-gnu
    if ! rustup target add "$target"; then
        echo "skipped: rustup cannot add $target"
        exit 0
    fi
    cargo check --release --target "$target" --package swanbench-infer --package swanbench-run

# Look for undefined behaviour in the engine of exported networks; needs Miri of the nightly toolchain
[group('check')]
miri:
    MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --package swanbench-infer --lib --test parallel

# Check format, lints, licences and unused dependencies
[group('check')]
lint: setup audit
    cargo fmt --all --check
    cargo clippy --release --workspace --all-targets -- --deny warnings
    cargo clippy --release --package swanbench --no-default-features -- --deny warnings

# Check licences and unused dependencies with cargo-deny and cargo-machete, if they are installed
[group('check')]
audit:
    #!/usr/bin/env bash
    set -euo pipefail
    # Compiling the two takes minutes, so a fresh clone only says how; the workflow on GitHub has them.
    run() {
        if command -v "$1" >/dev/null; then "${@:2}"; else echo "skipped: cargo install $1 --locked"; fi
    }
    run cargo-machete cargo machete crates
    run cargo-deny cargo deny check bans licenses sources

# Compare the speed of training with PyTorch's and JAX's; needs a Python that can import both
[group('check')]
bench python='python3' *options: setup
    cargo bench --bench peers -- --python '{{ python }}' {{ options }}

# Compare CUDA with the CPU, then count the runs an hour that a card trains; needs torch with CUDA
[group('check')]
bench-card python='python3' *options: build
    cargo test --release --workspace --test cuda -- --nocapture
    '{{ python }}' crates/swanbench/benches/card.py {{ options }}

# Measure an epoch of every method on every small model
[group('check')]
bench-steps *options: setup
    cargo bench --bench training -- {{ options }}

# Measure reading an experiment, gates, the cost model, the report
[group('check')]
bench-parts *options: setup
    cargo bench --bench parts --bench report -- {{ options }}

# Fail if gates, the harness or a second job cost more than they may
[group('check')]
bench-ratios *options: setup
    cargo bench --bench ratios -- {{ options }}

# Time, memory and files of sweeps of 1,000 to 100,000 runs, whose results are made up
[group('check')]
bench-runs *options: setup
    cargo bench --bench many_runs -- {{ options }}

# A sweep of 100,000 runs on a cluster of 1,000 cards, simulated with the run times of `quickstart`
[group('check')]
bench-cluster *options: setup
    cargo bench --bench cluster_simulation -- {{ options }}

# Add a method from the guide's example: its file, its lines in METHODS and an experiment
[group('work')]
new-method name: && generate
    crates/swanbench-methods/new-method.sh '{{ name }}'
    cargo fmt --package swanbench-methods

# Write the files that follow from the code: vocabulary.json, the JSON schema, snapshots
[group('check')]
generate: setup
    SWANBENCH_GENERATE=1 INSTA_UPDATE=always cargo test --release --workspace --test generated --test revisions

# It has a target folder of its own, since the program has the same name.

# Build only what reads results (check, schema, list, runs, clean, report), without libtorch
[group('set-up')]
build-reader:
    cargo build --release --package swanbench --no-default-features --target-dir target/reader

# Write the documentation of all crates to target/doc
[group('check')]
doc: setup
    RUSTDOCFLAGS='--deny warnings' cargo doc --release --workspace --no-deps --document-private-items
