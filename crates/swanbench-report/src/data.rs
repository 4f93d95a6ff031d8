//! Results as numbers that pictures, tables and the page show.

pub(crate) mod budgets;
pub(crate) mod curves;
pub(crate) mod example_accuracy;
pub(crate) mod example_costs;
pub(crate) mod front;
pub(crate) mod gate_shares;
pub(crate) mod recovery;
pub(crate) mod report_data;
pub(crate) mod run_list;
pub(crate) mod spread;
pub(crate) mod tasks;
pub(crate) mod timings;
