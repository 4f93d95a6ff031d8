use swanbench_data::*;
use swanbench_spec::Choice;
use tch::{
    Device, Kind, Tensor,
    nn::{self, Module, OptimizerConfig},
};
fn main() {
    for (noise, linear) in [(0.1, false), (0.1, true), (0.15, false), (0.2, false)] {
        let s = Planted {
            noise,
            ..Planted::default()
        };
        let raw = (find("planted").unwrap().load)(
            &Choice {
                kind: "planted".into(),
                settings: serde_json::to_value(&s).unwrap(),
            },
            &Places::default(),
        )
        .unwrap();
        let d = Dataset::prepare(&raw, 0.1, None, Device::Cpu).unwrap();
        let vs = nn::VarStore::new(Device::Cpu);
        let p = vs.root();
        let net: Box<dyn Module> = if linear {
            Box::new(nn::linear(&p / "a", 64, 10, Default::default()))
        } else {
            Box::new(
                nn::seq()
                    .add(nn::linear(&p / "a", 64, 300, Default::default()))
                    .add_fn(|x| x.relu())
                    .add(nn::linear(&p / "b", 300, 100, Default::default()))
                    .add_fn(|x| x.relu())
                    .add(nn::linear(&p / "c", 100, 10, Default::default())),
            )
        };
        let mut o = nn::Adam::default().build(&vs, 1e-3).unwrap();
        for _ in 0..20 {
            let order = Tensor::randperm(d.train.len(), (Kind::Int64, Device::Cpu));
            for (x, y) in d.train.batches(&order, 64) {
                let l = net.forward(&x.flatten(1, -1)).cross_entropy_for_logits(&y);
                o.backward_step(&l);
            }
        }
        let hit = net
            .forward(&d.test.images.flatten(1, -1))
            .argmax(1, false)
            .eq_tensor(&d.test.labels);
        let hit: Vec<bool> = Vec::try_from(hit).unwrap();
        let acc = |h: bool| {
            let v: Vec<bool> = hit
                .iter()
                .enumerate()
                .filter(|(i, _)| s.is_hard(*i) == h)
                .map(|(_, b)| *b)
                .collect();
            v.iter().filter(|b| **b).count() as f64 / v.len() as f64
        };
        println!(
            "noise {noise} linear {linear}: easy {} hard {}",
            acc(false),
            acc(true)
        );
    }
}
