//! The crate as its users see it: from files or settings to minibatches.

mod cifar_folders;
mod hostile_files;
mod idx_folders;
mod on_the_machine;
mod planted;
mod prepare;
mod support;
mod vocabulary;
