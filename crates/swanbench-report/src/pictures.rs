//! All pictures of a report, one after the other.
//!
//! A new picture is a file with a [`PictureDef`], and a line in [`PICTURES`].

mod adaptivity;
mod budget;
mod captions;
mod classes;
mod cost_panels;
mod curves;
mod gates;
#[cfg(test)]
mod guide;
mod latency;
mod pareto;
mod phases;
mod picture_def;
mod raw;
mod styles;

use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
use swanbench_results::Results;

use self::picture_def::PictureDef;
use crate::{
    data::report_data::ReportData,
    draw::{png, svg},
    error::Error,
};

/// In the order in which a reader wants them.
const PICTURES: &[PictureDef] = &[
    pareto::FLOPS_PICTURE,
    latency::PICTURE,
    pareto::PARAMETERS_PICTURE,
    budget::PICTURE,
    curves::PICTURE,
    phases::PICTURE,
    adaptivity::PICTURE,
    classes::PICTURE,
    gates::PICTURE,
    raw::PICTURE,
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
    let draw = |picture: &PictureDef| {
        let Some(scene) = (picture.draw)(data, results) else { return Ok(None) };
        let PictureDef { name, heading, alternative, .. } = *picture;
        let (svg, png) = (svg(&scene)?, png(&scene)?);
        Ok(Some(Picture { name, heading, alternative, svg, png }))
    };
    // In parallel: most of a report's time goes into the dots of its PNGs.
    let all: Result<Vec<_>, Error> = PICTURES.par_iter().map(draw).collect();
    Ok(all?.into_iter().flatten().collect())
}

/// Returns the names of all files that pictures can have.
pub(crate) fn names() -> impl Iterator<Item = String> {
    PICTURES
        .iter()
        .flat_map(|picture| ["svg", "png"].map(|format| format!("{}.{format}", picture.name)))
}
