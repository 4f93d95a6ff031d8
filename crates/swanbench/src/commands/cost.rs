//! `swanbench cost`: the FLOPs and parameters of a model.

use anyhow::anyhow;
use serde_json::{Value, json};
use swanbench_core::{LayerKind, ModelMap, SiteId};

use crate::{
    arguments::{Cost, Format, Input},
    components,
    exit::{CommandError, ExitCodeExt},
    output,
    vocabulary::vocabulary,
};

pub fn run(arguments: &Cost) -> Result<(), CommandError> {
    let &Cost { input: Input(input), classes, width, .. } = arguments;
    if !(width > 0.0 && width <= 100.0) {
        return Err(anyhow!("--width {width}: expected a number above 0, up to 100")).bad_input();
    }
    let vocabulary = vocabulary();
    let kind = vocabulary.model(&arguments.model).bad_input()?;
    let choice = kind.choose_with(&arguments.set).bad_input()?;
    let model = components::model(&choice, input, classes, width).bad_input()?;
    match arguments.format {
        Format::Table => print_table(&model),
        Format::Json => output::line(format_args!("{:#}", as_json(&model))),
    }
    Ok(())
}

fn as_json(map: &ModelMap) -> Value {
    let layers = map.layers.iter().map(|layer| {
        json!({
            "name": layer.name,
            "kind": kind(layer.kind),
            "inputs": layer.inputs,
            "outputs": layer.outputs,
            "input_site": name(map, layer.input_site),
            "output_site": name(map, layer.output_site),
            "macs": layer.macs(),
            "flops": 2 * layer.macs(),
            "params": layer.parameters(),
        })
    });
    let sites = map.sites.iter().map(|site| {
        json!({
            "name": site.name,
            "units": site.units,
            "kind": if site.channels { "channels" } else { "neurons" },
        })
    });
    json!({
        "macs": map.macs(),
        "flops": map.flops(),
        "params": map.parameter_count(),
        "layers": layers.collect::<Vec<_>>(),
        "sites": sites.collect::<Vec<_>>(),
    })
}

fn print_table(map: &ModelMap) {
    let (macs, flops, params) = (map.macs(), map.flops(), map.parameter_count());
    output::line(format_args!("{macs} MACs, {flops} FLOPs for one example, {params} parameters\n"));
    output::line(format_args!(
        "{:<12} {:<12} {:>8} {:>8} {:>14} {:>14} {:>12}",
        "layer", "kind", "inputs", "outputs", "MACs", "FLOPs", "parameters"
    ));
    for layer in &map.layers {
        output::line(format_args!(
            "{:<12} {:<12} {:>8} {:>8} {:>14} {:>14} {:>12}",
            layer.name,
            kind(layer.kind),
            layer.inputs,
            layer.outputs,
            layer.macs(),
            2 * layer.macs(),
            layer.parameters(),
        ));
    }
    output::line(format_args!("\n{:<12} {:<12} {:>8}", "site", "kind", "units"));
    for site in &map.sites {
        let kind = if site.channels { "channels" } else { "neurons" };
        output::line(format_args!("{:<12} {:<12} {:>8}", site.name, kind, site.units));
    }
}

fn kind(kind: LayerKind) -> String {
    match kind {
        LayerKind::Linear => "linear".to_owned(),
        LayerKind::Convolution { kernel, .. } => format!("conv {kernel}x{kernel}"),
    }
}

fn name(map: &ModelMap, site: Option<SiteId>) -> Option<&str> {
    site.map(|site| map.site(site).name.as_str())
}
