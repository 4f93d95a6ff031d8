//! All pictures of a report, one after the other.
//!
//! A new picture is a file that makes a [`Scene`] from the data, and an entry in [`PICTURES`].

mod activity;
mod adaptivity;
mod captions;
mod curves;
mod gates;
mod pareto;
mod raw;
mod styles;

use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
use swanbench_results::Results;

use crate::{
    Error,
    data::report_data::ReportData,
    draw::{Scene, png, svg},
};

/// A kind of picture and what a page says about it.
struct Kind {
    /// The name of its files.
    name: &'static str,
    heading: &'static str,
    /// A description for those who cannot see it.
    alternative: &'static str,
    /// Returns `None` if the results have nothing to show in it.
    draw: fn(&ReportData, &Results) -> Option<Scene>,
}

/// In the order in which a reader wants them.
const PICTURES: &[Kind] = &[
    Kind {
        name: "pareto",
        heading: "Accuracy against inference cost",
        alternative: "Test accuracy against FLOPs left, by method and target; the table below has \
                      the numbers",
        draw: |data, _| Some(pareto::draw(data, &pareto::FLOPS)),
    },
    Kind {
        name: "parameters",
        heading: "Accuracy against parameters stored",
        alternative: "Test accuracy against the share of parameters stored, by method and target; \
                      the table below has the numbers",
        draw: |data, _| Some(pareto::draw(data, &pareto::PARAMETERS)),
    },
    Kind {
        name: "activity",
        heading: "Target and achieved activity",
        alternative: "Achieved against target activity by method; the table below has the numbers",
        draw: activity::draw,
    },
    Kind {
        name: "curves",
        heading: "During training",
        alternative: "Validation accuracy and activity over epochs, by method",
        draw: curves::draw,
    },
    Kind {
        name: "adaptivity",
        heading: "Easy and hard examples",
        alternative: "What single test examples cost: how it is distributed, by difficulty and by \
                      class, and accuracy with frozen, shuffled and random gates",
        draw: adaptivity::draw,
    },
    Kind {
        name: "gates",
        heading: "Which units are open",
        alternative: "For each site the shares of units that are always open, open on some inputs, \
                      and never open",
        draw: gates::draw,
    },
    Kind {
        name: "raw",
        heading: "Before and after recovery",
        alternative: "Test accuracy right after pruning and after the recovery epochs, by method \
                      and target; the table below has the numbers",
        draw: |data, _| raw::draw(data),
    },
];

/// A picture that has something to show, in both formats.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub name: &'static str,
    pub heading: &'static str,
    pub alternative: &'static str,
    pub svg: String,
    pub png: Vec<u8>,
}

/// Draws all pictures that have something to show, in order. Returns an error if plotters cannot
/// draw.
pub(crate) fn pictures(data: &ReportData, results: &Results) -> Result<Vec<Picture>, Error> {
    let draw = |kind: &Kind| {
        let Some(scene) = (kind.draw)(data, results) else { return Ok(None) };
        let Kind { name, heading, alternative, .. } = *kind;
        let (svg, png) = (svg(&scene)?, png(&scene)?);
        Ok(Some(Picture { name, heading, alternative, svg, png }))
    };
    // In parallel: most of a report's time goes into the dots of its PNGs.
    let all: Result<Vec<_>, Error> = PICTURES.par_iter().map(draw).collect();
    Ok(all?.into_iter().flatten().collect())
}

/// Returns the names of all files that pictures can have.
pub(crate) fn names() -> impl Iterator<Item = String> {
    PICTURES.iter().flat_map(|kind| ["svg", "png"].map(|format| format!("{}.{format}", kind.name)))
}
