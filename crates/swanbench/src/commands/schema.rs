//! `swanbench schema`: what an experiment may say, for editors.

use crate::{output, vocabulary::vocabulary};

pub fn run() {
    output::line(format_args!("{:#}", swanbench_spec::schema(&vocabulary())));
}
