//! `swanbench schema`: the JSON schema of experiments, for editors.

use crate::{output, vocabulary::vocabulary};

pub fn run() {
    output::line(format_args!("{:#}", swanbench_spec::schema(&vocabulary())));
}
