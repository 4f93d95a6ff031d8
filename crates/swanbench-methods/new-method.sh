#!/usr/bin/env bash
# Adds a method to the workspace in the current folder: its file (the example of the guide, with
# another name), its lines in `METHODS`, and an experiment. `just new-method NAME` calls it.
set -euo pipefail

refuse() { echo "error: $1" >&2; exit 2; }

name=${1:-}
source=crates/swanbench-methods/src
template=crates/swanbench-conformance/tests/guide/random_units.rs
[[ $name =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] ||
    refuse "a method's name is lower-case words with hyphens, such as my-pruning, not '$name'"
module=${name//-/_}
keywords=' as async await break const continue crate dyn else enum extern false fn for gen if impl in
 let loop match mod move mut pub ref return self static struct super trait true try type unsafe
 use where while yield '
[[ ${keywords//$'\n'/ } != *" $module "* ]] || refuse "'$name' is a keyword of Rust"
type=$(sed -E 's/(^|-)([a-z0-9])/\u\2/g' <<<"$name")
! grep -v '^ *//' $template | grep -qw "$type" || refuse "the template uses \`$type\` itself, choose another name"
for file in "$source/$module.rs" "$source/$module" "experiments/$name.yaml"; do
    [ ! -e "$file" ] || refuse "$file exists"
done

sed -e "s/RandomUnits/$type/g" -e "s/random-units/$name/g" $template >"$source/$module.rs"
sed -i -e "0,/^mod /s//mod $module;\nmod /" \
    -e "s/^];/    MethodEntry::of::<$module::$type>(),\n];/" $source/lib.rs
cat >"experiments/$name.yaml" <<YAML
# yaml-language-server: \$schema=experiment.schema.json
# $name against the dense network, narrower dense networks and pruned units.
name: $name
data: mnist-5k
model: lenet5
train: { epochs: 10 }
seeds: [0, 1, 2]
targets: [0.5, 0.25, 0.1]
methods:
  - dense
  - { kind: dense, label: narrow dense, width: \$target }
  - { kind: magnitude, scope: unit }
  - $name
YAML
echo "wrote $source/$module.rs, $source/lib.rs and experiments/$name.yaml"
