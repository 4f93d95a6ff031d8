//! All pictures of a report, one after the other.

mod activity;
mod adaptivity;
mod curves;
mod gates;
mod pareto;
mod raw;

use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
use swanbench_results::Results;

use crate::{
    Error,
    data::report_data::ReportData,
    draw::{render, scene::Scene},
    page::Picture,
};

/// Draws a picture of the results. `None` if they have nothing to show in it.
type Draw = fn(&ReportData, &Results) -> Option<Scene>;

/// A picture and what a page says of it.
struct Kind {
    /// The name of its files.
    name: &'static str,
    heading: &'static str,
    /// For those who cannot see it.
    alternative: &'static str,
    draw: Draw,
}

/// In the order in which a reader wants them.
const PICTURES: &[Kind] = &[
    Kind {
        name: "pareto",
        heading: "Accuracy against inference cost",
        alternative: "Test accuracy against FLOPs left, by method and target; the table below has \
                      the numbers",
        draw: |evidence, _| Some(pareto::flops(evidence)),
    },
    Kind {
        name: "parameters",
        heading: "Accuracy against parameters stored",
        alternative: "Test accuracy against the share of parameters stored, by method and target; \
                      the table below has the numbers",
        draw: |evidence, _| Some(pareto::parameters(evidence)),
    },
    Kind {
        name: "activity",
        heading: "What was asked for, and what came",
        alternative: "Achieved against target activity by method; the table below has the numbers",
        draw: activity::picture,
    },
    Kind {
        name: "curves",
        heading: "During training",
        alternative: "Validation accuracy and activity over epochs, by method",
        draw: curves::picture,
    },
    Kind {
        name: "adaptivity",
        heading: "Easy and hard examples",
        alternative: "What single test examples cost: how it is distributed, by difficulty and by \
                      class, and accuracy with frozen, shuffled and random gates",
        draw: adaptivity::picture,
    },
    Kind {
        name: "gates",
        heading: "Which units are open",
        alternative: "For each site the shares of units that are always open, open on some inputs, \
                      and never open",
        draw: gates::picture,
    },
    Kind {
        name: "raw",
        heading: "Before and after recovery",
        alternative: "Test accuracy right after pruning and after the recovery epochs, by method and \
                      target; the table below has the numbers",
        draw: |evidence, _| raw::picture(evidence),
    },
];

/// Every picture that has something to show, in order.
#[derive(Default)]
pub(crate) struct Pictures {
    /// Names and contents, SVG and PNG.
    pub files: Vec<(String, Vec<u8>)>,
    pub on_page: Vec<Picture>,
}

/// Draws all that the results have something to show in.
pub(crate) fn pictures(evidence: &ReportData, results: &Results) -> Result<Pictures, Error> {
    // Side by side: most of a report's time goes into the dots of its PNGs.
    let drawn: Result<Vec<Option<Drawn>>, Error> =
        PICTURES.par_iter().map(|kind| drawn(kind, evidence, results)).collect();
    let mut pictures = Pictures::default();
    for (kind, drawn) in PICTURES.iter().zip(drawn?) {
        let Some(Drawn { svg, png }) = drawn else {
            continue;
        };
        pictures.on_page.push(Picture {
            id: kind.name.to_owned(),
            heading: kind.heading.to_owned(),
            alternative: kind.alternative.to_owned(),
            svg: String::from_utf8_lossy(&svg).into_owned(),
        });
        pictures.files.push((format!("{}.svg", kind.name), svg));
        pictures.files.push((format!("{}.png", kind.name), png));
    }
    Ok(pictures)
}

/// A picture in both formats.
struct Drawn {
    svg: Vec<u8>,
    png: Vec<u8>,
}

fn drawn(kind: &Kind, evidence: &ReportData, results: &Results) -> Result<Option<Drawn>, Error> {
    let Some(scene) = (kind.draw)(evidence, results) else {
        return Ok(None);
    };
    Ok(Some(Drawn { svg: render::svg(&scene)?, png: render::png(&scene)? }))
}

/// The names of all files that pictures can have.
pub(crate) fn names() -> impl Iterator<Item = String> {
    PICTURES.iter().flat_map(|kind| ["svg", "png"].map(|format| format!("{}.{format}", kind.name)))
}
