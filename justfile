# swanbench: sparsity methods compared on equal terms. `just sweep` is the main job.

set shell := ["bash", "-euo", "pipefail", "-c"]
set positional-arguments

# Show what can be done
default:
    @just --list --unsorted

# Put libtorch into .libtorch: `just setup` for the CPU (1.3 GB), `just setup cuda` (4.7 GB)
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

# Run an experiment, from training to pictures
[group('work')]
sweep file='experiments/quickstart.yaml' *options: build
    cargo run --release --quiet --bin swanbench -- sweep "$@"

# Draw the pictures and tables of an experiment again, by its name
[group('work')]
report name='quickstart' *options: build
    cargo run --release --quiet --bin swanbench -- report "$@"

# Write the SWAN paper's numbers beside ours: plots/paper/paper.md, paper.tex and all pictures
[group('work')]
paper *options: build
    cargo run --release --quiet --bin swanbench -- sweep experiments/paper.yaml "$@"

# Run all tests
[group('check')]
test: setup
    cargo test --release --workspace --lib --bins --tests

# Try the page of a report in a headless Chromium, which CHROMIUM may name
[group('check')]
test-page: setup
    cargo test --release --workspace --test page -- --ignored

# Look for input that makes a parser panic, a minute each; needs `cargo install cargo-fuzz --locked`
[group('check')]
fuzz seconds='60':
    #!/usr/bin/env bash
    set -euo pipefail
    for target in data/idx data/cifar spec/experiment; do
        folder="crates/swanbench-${target%/*}/fuzz" name="${target#*/}"
        mkdir -p "$folder/corpus/$name"
        if [ -d "$folder/seeds/$name" ]; then cp "$folder/seeds/$name"/* "$folder/corpus/$name"; fi
        cargo fuzz run --fuzz-dir "$folder" --sanitizer none "$name" -- -max_total_time='{{ seconds }}' -timeout=10
    done

# Check format and lints
[group('check')]
lint: setup
    cargo fmt --all --check
    cargo clippy --release --workspace --all-targets -- --deny warnings
    cargo clippy --release --package swanbench --no-default-features -- --deny warnings

# Compare with a plain PyTorch script, in turns; needs a Python that can import torch
[group('check')]
bench python='python3' *options: setup
    cargo bench --bench against_pytorch -- --python '{{ python }}' {{ options }}

# Measure an epoch of training of every method on every small model
[group('check')]
bench-steps *options: setup
    cargo bench --bench training -- {{ options }}

# Measure what is the harness's own: reading an experiment, gates, the cost model, the report
[group('check')]
bench-parts *options: setup
    cargo bench --bench parts --bench report -- {{ options }}

# Fail where a ratio that must hold does not: gated step, share of the harness, two jobs
[group('check')]
bench-ratios *options: setup
    cargo bench --bench ratios -- {{ options }}

# Add a method from the guide's example: its file, its lines in METHODS and an experiment
[group('work')]
new-method name: && generate
    crates/swanbench-methods/new-method.sh '{{ name }}'
    cargo fmt --package swanbench-methods

# Write vocabulary.json, the JSON schema and snapshots, which change with methods, models and datasets
[group('check')]
generate: setup
    SWANBENCH_GENERATE=1 INSTA_UPDATE=always cargo test --release --workspace --test generated --test revisions --test experiments

# Build only what reads results (check, schema, list, runs, clean, report): needs no libtorch
[group('set-up')]
build-reader:
    cargo build --release --package swanbench --no-default-features --target-dir target/reader

# Write the documentation of all crates to target/doc
[group('check')]
doc: setup
    RUSTDOCFLAGS='--deny warnings' cargo doc --release --workspace --no-deps --document-private-items
