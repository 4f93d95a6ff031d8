//! The file of weights that a model starts from.

use std::{fs::File, io, path::PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{path::FieldPath, problem::Problem};

/// Weights to start from instead of random ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenWeights {
    /// As written; relative to where the command runs.
    pub file: PathBuf,
    /// SHA-256 of the file's content, which is what counts for the identity of a run.
    pub checksum: String,
}

impl GivenWeights {
    /// Reads the file once for its checksum.
    ///
    /// Returns an error if the file cannot be read.
    pub(crate) fn read(file: &str) -> Result<Self, Problem> {
        let path = FieldPath::default().key("model").key("weights");
        let checksum = checksum(file).map_err(|cause| {
            Problem::new(&path, format!("cannot read `{file}`: {cause}"))
                .expected("a safetensors file, its path relative to where the command runs")
        })?;
        Ok(Self { file: file.into(), checksum })
    }
}

fn checksum(file: &str) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(file)?, &mut hasher)?;
    Ok(hex::encode(hasher.finalize()))
}
