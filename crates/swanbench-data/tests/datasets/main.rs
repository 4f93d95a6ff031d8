//! The public interface: from files or settings to minibatches.

mod cifar_folders;
mod guide;
mod hostile_files;
mod idx_folders;
mod planted;
mod prepare;
mod status;
mod support;
mod vocabulary;
