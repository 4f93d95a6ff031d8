//! Networks of any architecture, with any units open, compute in the engine what they do in libtorch.

use proptest::prelude::*;
use swanbench_core::{
    Convolution, Forward, GateMap, Gated, Gates, ModelBuilder, ModelMap, Parameters, Pass, Pool,
    Regularizer, Site,
};
use swanbench_data::{Dataset, Pixels, RawDataset, RawSplit};
use swanbench_infer::{Engine, Network, ParallelEngine};
use swanbench_spec::Mode;
use swanbench_torch::Generator;
use swanbench_train::VaryingUnits;
use tch::{Device, Kind, Tensor};

use crate::{
    contest::AllOpen,
    describe::describe,
    engine::raw,
    libtorch::Libtorch,
    units::{Decided, SiteUnits},
};

/// The most that a logit may differ, relative to 1 or to the greatest.
const TOLERANCE: f64 = 1e-4;

/// A convolution and what follows it.
#[derive(Debug, Clone)]
struct Block {
    outputs: i64,
    kernel: i64,
    stride: i64,
    is_padded: bool,
    is_normalised: bool,
    pool: Option<Pool>,
    /// A second convolution, whose output is added.
    is_residual: bool,
}

/// A network, and which of its units are open.
#[derive(Debug, Clone)]
struct Case {
    input: [i64; 3],
    blocks: Vec<Block>,
    /// Parts that maps are averaged to before they become rows.
    bins: Option<i64>,
    hidden: Vec<i64>,
    classes: i64,
    grid: i64,
    /// `None` for full matrices.
    rank: Option<i64>,
    /// Shares of the units that are decided, and of the others that are open.
    shares: (f64, f64),
    batch: i64,
    threads: usize,
    seed: u64,
}

fn any_block() -> impl Strategy<Value = Block> {
    let pool = prop::option::of(
        (2..4_i64, 1..3_i64, any::<bool>()).prop_map(|(size, stride, ceil)| Pool {
            size,
            stride,
            padding: 0,
            ceil,
        }),
    );
    let kernel = prop::sample::select(vec![1, 3, 5_i64]);
    ((1..9_i64, kernel, 1..3_i64), any::<[bool; 3]>(), pool).prop_map(
        |((outputs, kernel, stride), [is_padded, is_normalised, is_residual], pool)| Block {
            outputs,
            kernel,
            stride,
            is_padded,
            is_normalised,
            pool,
            is_residual,
        },
    )
}

fn any_case() -> impl Strategy<Value = Case> {
    let input = (1..4_i64, 7..13_i64, 7..13_i64).prop_map(|(c, h, w)| [c, h, w]);
    let layers = (
        prop::collection::vec(any_block(), 0..3),
        prop::option::of(1..4_i64),
        prop::collection::vec(1..40_i64, 0..3),
        2..6_i64,
    );
    let gates = (1..5_i64, prop::option::of(1..4_i64), (0.0..1.0_f64, 0.0..1.0_f64));
    (input, layers, gates, 1..9_i64, 1..4_usize, any::<u64>()).prop_map(
        |(input, (blocks, bins, hidden, classes), (grid, rank, shares), batch, threads, seed)| {
            Case { input, blocks, bins, hidden, classes, grid, rank, shares, batch, threads, seed }
        },
    )
}

/// Describes the model. `None` if a map would be smaller than what moves over it.
fn model(case: &Case) -> Option<ModelMap> {
    let mut builder = ModelBuilder::new(case.input, case.classes, 1.0);
    let mut signal = builder.input();
    for (index, block) in case.blocks.iter().enumerate() {
        let padding = if block.is_padded { block.kernel / 2 } else { 0 };
        let shape = Convolution {
            stride: block.stride,
            padding,
            ..Convolution::of(block.outputs, block.kernel)
        };
        let name = format!("conv{index}");
        signal = builder.convolution(&name, signal, shape).ok()?;
        if block.is_normalised {
            signal = builder.norm(&format!("norm{index}"), signal);
        }
        signal = builder.relu(signal);
        signal = builder.site(&name, signal);
        if block.is_residual {
            let shape = Convolution { padding: 1, ..Convolution::of(block.outputs, 3) };
            let inner = builder.convolution(&format!("inner{index}"), signal, shape).ok()?;
            let inner = builder.relu(inner);
            let inner = builder.site(&format!("inner{index}"), inner);
            let shape = Convolution::of(block.outputs, 1);
            let one = builder.convolution(&format!("one{index}"), inner, shape).ok()?;
            let other = builder.convolution(&format!("other{index}"), signal, shape).ok()?;
            signal = builder.add(one, other);
        }
        if let Some(pool) = block.pool {
            signal = builder.max_pool(&format!("pool{index}"), signal, pool).ok()?;
        }
    }
    if let Some(bins) = case.bins {
        signal = builder.average(signal, bins);
    }
    signal = builder.flatten(signal);
    for (index, units) in case.hidden.iter().enumerate() {
        let name = format!("fc{index}");
        signal = builder.linear(&name, signal, *units);
        signal = builder.relu(signal);
        signal = builder.site(&name, signal);
    }
    builder.linear("last", signal, case.classes);
    Some(builder.finish())
}

/// Draws the numbers of the model. `None` if a map would be smaller than what moves over it.
fn network(case: &Case) -> Option<(ModelMap, Parameters, Generator)> {
    let map = model(case)?;
    let mut generator = Generator::new(Device::Cpu, case.seed).unwrap();
    let mut parameters = Parameters::initialise(&map, &mut generator, Device::Cpu).unwrap();
    for norm in &map.norms {
        let draw = generator.normal(&[4, norm.units], 0.0, 1.0).unwrap();
        parameters.set(norm.running_mean, &draw.get(0));
        parameters.set(norm.running_variance, &(draw.get(1).abs() + 0.1));
        parameters.set(norm.scale, &draw.get(2));
        parameters.set(norm.shift, &draw.get(3));
    }
    Some((map, parameters, generator))
}

/// Draws the units of a site: some decided, some always open, some never.
fn units(case: &Case, map: &ModelMap, site: &Site, generator: &mut Generator) -> SiteUnits {
    let draws = generator.normal(&[2, site.units], 0.0, 1.0).unwrap().sigmoid();
    let (decides, opens) = case.shares;
    let is_below = |row, unit, share| draws.double_value(&[row, unit]) < share;
    let (varying, others): (Vec<i64>, Vec<i64>) =
        (0..site.units).partition(|&unit| is_below(0, unit, decides));
    let mut open: Vec<i64> = others.into_iter().filter(|&unit| is_below(1, unit, opens)).collect();
    if varying.is_empty() && open.is_empty() {
        open.push(0);
    }
    let layer = map.deciding_layer(site);
    let cells: i64 = layer.input_size.iter().map(|side| (*side).min(case.grid)).product();
    let features = layer.inputs * cells;
    let mut draw = |shape: &[i64]| generator.normal(shape, 0.0, 1.0).unwrap();
    let gates = GateMap {
        grid: case.grid,
        reduce: case.rank.map(|rank| draw(&[rank, features])),
        expand: draw(&[case.rank.unwrap_or(features), site.units]),
        bias: draw(&[site.units]),
    };
    let rates = vec![0.5; site.units as usize];
    SiteUnits::varying(VaryingUnits { varying, open, last: 0, rates }, gates)
}

/// Switches units as libtorch computes them from the same maps.
struct Switches<'a> {
    map: &'a ModelMap,
    units: Vec<SiteUnits>,
    /// By example, how near a logit comes to its threshold.
    margin: Tensor,
}

impl Regularizer for Switches<'_> {
    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, _: Pass) -> Gated {
        let SiteUnits { kept, decided, .. } = &self.units[site.id.index()];
        let examples = input.size()[0];
        let mut hard = Tensor::zeros([examples, site.units], (Kind::Float, Device::Cpu));
        let at = |units: &[i64]| Tensor::from_slice(units);
        let _ = hard.index_fill_(1, &at(kept), 1.0);
        if let Some(Decided { map, varying }) = decided {
            let layer = self.map.deciding_layer(site);
            let cells = layer.input_size.map(|side| side.min(map.grid));
            let [height, width] = layer.input_size;
            let read = input.view([examples, layer.inputs, height, width]);
            let mut read = read.adaptive_avg_pool2d(cells).flatten(1, -1);
            if let Some(reduce) = &map.reduce {
                read = read.matmul(&reduce.tr());
            }
            let logits = (read.matmul(&map.expand) + &map.bias).index_select(1, &at(varying));
            let open = logits.gt(0.0).to_kind(Kind::Float);
            let open = if varying.len() == kept.len() {
                // Of an example that opens none, the nearest.
                let none = open.sum_dim_intlist(1i64, true, Kind::Float).eq(0.0);
                let nearest = logits.eq_tensor(&logits.amax(1i64, true));
                open.maximum(&(none * nearest).to_kind(Kind::Float))
            } else {
                open
            };
            let _ = hard.index_copy_(1, &at(varying), &open);
            self.margin = self.margin.minimum(&logits.abs().amin(1i64, false));
        }
        Gated::by(Gates::per_example(hard.shallow_clone(), hard), &output)
    }
}

/// Images as a dataset has them.
fn data(case: &Case) -> Dataset {
    let shape = case.input.map(|length| length as usize);
    let split = |count: usize, salt: usize| {
        let pixels = count * shape.iter().product::<usize>();
        let images = (0..pixels).map(|at| (((at + salt) * 2_654_435_761) >> 7) as u8).collect();
        let labels = (0..count).map(|at| (at % case.classes as usize) as u8).collect();
        RawSplit { images: Pixels::Bytes(images), labels }
    };
    let (train, test) = (split(20, 0), split(case.batch as usize, 7));
    let raw = RawDataset::new("random", String::new(), shape, case.classes as usize, train, test);
    Dataset::prepare(&raw, 0.5, None, Device::Cpu).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn logits_are_those_of_libtorch(case in any_case()) {
        let Some((map, parameters, mut generator)) = network(&case) else { return Ok(()) };
        let data = data(&case);
        let units: Vec<SiteUnits> =
            map.sites.iter().map(|site| units(&case, &map, site, &mut generator)).collect();
        let margin = Tensor::ones([case.batch], (Kind::Float, Device::Cpu));
        let mut switches = Switches { map: &map, units, margin };
        let images = &data.test.images;
        let (expected, _) = tch::no_grad(|| {
            let pass = Pass::evaluate(Mode::Hard);
            Forward::new(&map, &parameters, &mut switches, pass).run(images)
        });
        let Switches { units, margin, .. } = switches;
        let file = describe(&map, &parameters, &data, units, serde_json::Value::Null);
        let network = Network::from_bytes(&file.to_bytes().unwrap()).unwrap();
        let threads = case.threads.try_into().unwrap();
        let mut engine = ParallelEngine::new(&network, case.batch as usize, threads);
        let found = Tensor::from_slice(engine.run(&raw(&data, images)).logits);
        let found = found.view([-1, case.classes]);
        let scale = expected.abs().amax(1i64, false).clamp_min(1.0);
        let distance = (found - expected).abs().amax(1i64, false) / scale;
        for example in 0..case.batch {
            // At a threshold rounding decides.
            if margin.double_value(&[example]) > TOLERANCE {
                let distance = distance.double_value(&[example]);
                prop_assert!(distance < TOLERANCE, "example {example}: {distance}");
            }
        }
    }

    #[test]
    fn a_network_without_gates_is_a_model_of_libtorch(case in any_case()) {
        let case = Case { shares: (0.0, case.shares.1), ..case };
        let Some((map, parameters, mut generator)) = network(&case) else { return Ok(()) };
        let data = data(&case);
        let units = map.sites.iter().map(|site| units(&case, &map, site, &mut generator)).collect();
        let file = describe(&map, &parameters, &data, units, serde_json::Value::Null);
        let network = Network::from_bytes(&file.to_bytes().unwrap()).unwrap();
        let mut engine = Engine::new(&network, case.batch as usize);
        let output = engine.run(&raw(&data, &data.test.images));
        let expected = Tensor::from_slice(output.logits).view([-1, case.classes]);
        let Libtorch { map, parameters } = Libtorch::of(&network, Device::Cpu).unwrap();
        prop_assert_eq!(map.flops() as f64, output.flops[0]);
        let mut method = AllOpen;
        let forward = Forward::new(&map, &parameters, &mut method, Pass::evaluate(Mode::Hard));
        let (found, _) = tch::no_grad(|| forward.run(&data.test.images));
        let scale = expected.abs().max().double_value(&[]).max(1.0);
        let distance = (found - expected).abs().max().double_value(&[]) / scale;
        prop_assert!(distance < TOLERANCE, "{}", distance);
    }
}
