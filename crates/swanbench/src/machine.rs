//! What this machine calls itself.

use std::fs;

use swanbench_results::Machine;

/// Returns what results keep of this machine, on which a device computed.
pub fn machine(device: String) -> Machine {
    Machine { device, host: host(), processor: processor() }
}

/// Returns the name of the machine.
pub fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Returns what the processor calls itself.
pub fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name"));
    let name = name.map(|name| name.trim_start_matches([' ', '\t', ':']));
    name.unwrap_or(std::env::consts::ARCH).to_owned()
}
