//! What must not depend on what; the map is `crates/README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use swanbench_methods::METHODS;

fn crates_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Normal dependencies of every crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(crates_folder())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter();
            let normal = normal.filter(|dependency| dependency["kind"].is_null());
            (text(&package["name"]), normal.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

/// All packages of the workspace's dependency tree, with the features that each is compiled with: two
/// sets if a build script or macro uses it too.
fn features(edges: &str) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--offline", "--prefix", "none", "--format", "{p};{f}"])
        .args(["--edges", edges])
        .current_dir(crates_folder())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let mut all = BTreeMap::<_, BTreeSet<_>>::new();
    // An empty line separates the trees of the workspace's crates.
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let (package, features) = line.trim_end_matches(" (*)").split_once(';').unwrap();
        all.entry(package.to_owned()).or_default().insert(features.to_owned());
    }
    all
}

/// Rust sources below the `src` folders, by crate.
fn sources() -> Vec<(String, PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(crates_folder()).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.join("src").is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let mut found = Vec::new();
        walk(&folder.join("src"), &mut found);
        for path in found {
            let text = fs::read_to_string(&path).unwrap();
            // What stands behind the tests of a file is not part of the program.
            let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
            all.push((name.clone(), path, text));
        }
    }
    assert!(all.len() > 50, "the sources are where the test looks for them");
    all
}

/// Only these crates may name the dependency.
fn reserved(dependency: &str, allowed: &[&str]) {
    for (name, dependencies) in dependencies() {
        let uses = dependencies.contains(dependency);
        assert!(!uses || allowed.contains(&name.as_str()), "{name} depends on {dependency}");
    }
}

#[test]
fn crates_of_ours_depend_only_on_what_the_map_says() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("swanbench-spec", &[][..]),
        ("swanbench-torch", &[]),
        ("swanbench-core", &["spec", "torch"]),
        ("swanbench-data", &["spec", "torch"]),
        ("swanbench-models", &["core", "spec", "torch"]),
        ("swanbench-methods", &["core", "spec", "torch"]),
        ("swanbench-train", &["core", "data", "spec", "torch"]),
        ("swanbench-infer", &[]),
        ("swanbench-run", &["infer"]),
        ("swanbench-export", &["core", "data", "infer", "spec", "torch", "train"]),
        ("swanbench-conformance", &["core", "data", "spec", "torch", "train"]),
        ("swanbench-results", &["spec"]),
        ("swanbench-report", &["results", "spec"]),
    ]);
    for (name, dependencies) in dependencies() {
        if name == "swanbench" {
            continue;
        }
        let allowed = allowed.get(name.as_str());
        let allowed = allowed.unwrap_or_else(|| panic!("{name} has no place on the map"));
        for ours in dependencies.iter().filter_map(|name| name.strip_prefix("swanbench-")) {
            assert!(allowed.contains(&ours), "{name} depends on swanbench-{ours}");
        }
    }
}

#[test]
fn heavy_libraries_stay_in_their_rooms() {
    let tch = ["core", "data", "export", "methods", "models", "torch", "train"];
    let tch = tch.map(|name| format!("swanbench-{name}"));
    reserved("tch", &tch.each_ref().map(String::as_str));
    reserved("torch-sys", &["swanbench-torch"]);
    reserved("polars", &["swanbench-results"]);
    reserved("plotters", &["swanbench-report"]);
    reserved("saphyr-parser", &["swanbench-spec"]);
    reserved("serde_yaml", &["swanbench-spec"]);
    reserved("clap", &["swanbench"]);
    reserved("indicatif", &["swanbench"]);
}

/// A feature that only a development dependency asks for makes `just test` compile again what
/// `just sweep` has compiled. Ask for it in the workspace's `Cargo.toml` too.
#[test]
fn tests_ask_for_no_further_features() {
    let with_tests = features("normal,build,dev");
    let program = features("normal,build");
    assert!(program.len() > 100, "the tree is read");
    for (package, features) in program {
        assert_eq!(with_tests[&package], features, "features of {package}");
    }
}

/// The first names of the paths that `text` takes from its own crate.
fn used_rooms(text: &str) -> BTreeSet<&str> {
    let mut rooms = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        // One path, or several between braces, of which only the starts count.
        let mut depth = usize::from(!rest.starts_with('{'));
        for part in rest.split_inclusive([',', '{', '}', ';']) {
            let name = part.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
            rooms.extend(name.filter(|name| depth == 1 && !name.is_empty()));
            if !rest.starts_with('{') {
                break;
            }
            depth = (depth + part.matches('{').count()).saturating_sub(part.matches('}').count());
            if depth == 0 {
                break;
            }
        }
    }
    rooms
}

#[test]
fn rooms_of_the_report_use_one_another_in_one_direction() {
    let nested =
        "use crate::{\n    Error,\n    draw::{axis::Axis, style},\n    format,\n};\nlet data = 1;";
    assert_eq!(used_rooms(nested), BTreeSet::from(["Error", "draw", "format"]));
    assert_eq!(used_rooms("use crate::data::{a, b};\nfn page() {}"), BTreeSet::from(["data"]));
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("error", &[][..]),
        ("format", &[]),
        ("draw", &["error", "format"]),
        ("data", &["error", "format"]),
        ("pictures", &["error", "data", "draw", "format"]),
        ("tables", &["data", "format"]),
        ("page", &["data", "format", "pictures", "tables"]),
    ]);
    for (name, path, text) in sources() {
        let below = path.strip_prefix(crates_folder().join("swanbench-report/src"));
        let Ok(below) = below.map(|below| below.with_extension("")) else { continue };
        let room = below.components().next().unwrap().as_os_str().to_str().unwrap();
        if room == "lib" {
            continue;
        }
        let allowed = allowed.get(room).unwrap_or_else(|| panic!("{name} has no room {room}"));
        for used in used_rooms(&text) {
            let is_allowed = used == room || allowed.contains(&used);
            assert!(is_allowed, "{} uses {used}", path.display());
        }
    }
}

#[test]
fn unsafe_code_and_printing_have_one_place_each() {
    for (name, path, text) in sources() {
        let is_kernel = path.ends_with("swanbench-infer/src/kernels.rs");
        assert!(
            name == "swanbench-torch" || is_kernel || !text.contains("unsafe {"),
            "{} is unsafe",
            path.display()
        );
        let prints = ["println!(", "print!(", "eprintln!(", "eprint!("];
        assert!(
            name == "swanbench" || !prints.iter().any(|word| text.contains(word)),
            "{} prints",
            path.display()
        );
    }
}

#[test]
fn nothing_branches_on_the_name_of_a_method() {
    let names: Vec<&str> = METHODS.iter().map(|method| method.info().name).collect();
    for (name, path, text) in sources() {
        if name != "swanbench-methods" {
            let found = names.iter().find(|name| branches_on(&text, name));
            assert_eq!(found, None, "{} branches on it", path.display());
        }
    }
}

/// Whether a text compares a component's name with this one, or matches on it. Other values may be
/// called the same: a stage is `raw`, a control `random`.
fn branches_on(text: &str, name: &str) -> bool {
    let names_component = |code: &str| {
        let words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.into_iter().any(|word| ["kind", "name", "method", "label"].contains(&word))
    };
    text.match_indices(&format!("\"{name}\"")).any(|(at, quoted)| {
        let (before, after) = (&text[..at], &text[at + quoted.len()..]);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let operators = ["== ", "!= "];
        let compared = operators.iter().any(|operator| line.ends_with(operator))
            || operators.iter().any(|operator| after.trim_start().starts_with(operator));
        let end = after.split('\n').next().unwrap_or_default();
        if compared {
            return names_component(line) || names_component(end);
        }
        let arm = end.trim_start().starts_with("=>") || end.trim_start().starts_with('|');
        let head = before.rsplit("match ").next().and_then(|head| head.split('{').next());
        arm && before.contains("match ") && head.is_some_and(names_component)
    })
}

#[test]
fn branches_on_names_are_found() {
    for text in [
        "if run.method.kind == \"raw\" {",
        "if \"raw\" != entry.name {",
        "match info.name {\n    \"dense\" => 1,\n    \"raw\" | \"l0\" => 2,",
    ] {
        assert!(branches_on(text, "raw"), "{text}");
    }
    for text in ["if stage == \"raw\" {", "match stage {\n    \"raw\" => 1,", "f(\"raw\")"] {
        assert!(!branches_on(text, "raw"), "{text}");
    }
}

#[test]
fn modules_are_a_file_and_a_folder_of_its_name() {
    for (_, path, _) in sources() {
        assert_ne!(path.file_name().unwrap(), "mod.rs", "{}", path.display());
    }
}
