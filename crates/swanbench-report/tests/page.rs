//! The page in a browser: what it looks like to a program, and what a click does.
//!
//! Needs Chromium under that name, or as `CHROMIUM` says: `just test-page`.

#[path = "support/sample_runs.rs"]
mod support;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use support::{Setting, quickstart, runs};
use swanbench_report::report;
use swanbench_results::ExperimentMetadata;
use swanbench_spec::{Claim, Metric, Question, Relation, Side, Task};

/// Before everything else: keeps what goes wrong.
const WATCH: &str = "<script>const errors = []; onerror = (text) => errors.push(text);</script>";

/// Behind everything else: looks, clicks twice on the header of the accuracy, and tells the page
/// around it.
const PROBE: &str = r#"<script>
const table = document.querySelector("table");
const heads = [...table.tHead.rows[0].cells];
const column = heads.findIndex((head) => head.textContent === "test accuracy, %");
const values = () => [...table.tBodies[0].rows].map((row) => Number(row.cells[column].dataset.value));
const click = () => {
  heads[column].querySelector("button").click();
  return { order: heads[column].getAttribute("aria-sort"), values: values() };
};
const sizes = [...document.querySelectorAll(".picture svg")].map((picture) => {
  const { width, height } = picture.getBoundingClientRect();
  return [width, height];
});
const box = document.querySelector(".scroll");
parent.postMessage(JSON.stringify({
  before: values(),
  rising: click(),
  falling: click(),
  sizes,
  width: innerWidth,
  // Without the bar by which the page scrolls down.
  visible: document.documentElement.clientWidth,
  content: document.documentElement.scrollWidth,
  box: [box.clientWidth, box.scrollWidth],
  bold: document.querySelectorAll("td b, th b").length,
  requests: performance.getEntriesByType("resource").map((entry) => entry.name),
  errors,
}), "*");
</script>"#;

/// A report with something of everything, below the target folder for whoever wants to look.
fn page() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    let mut settings = quickstart();
    settings.push(Setting::new("<b>bold</b> & 'quoted'", Some(0.5), 0.93, 0.4));
    settings.push(Setting::new("lost", Some(0.5), 0.93, 0.4));
    let claim = |id: &str, of: &str, against: &str, expect| Claim {
        id: id.to_owned(),
        statement: "Gates that see the input are better than fixed ones at a tenth of the FLOPs."
            .to_owned(),
        question: Question::Compare {
            metric: Metric::TestAccuracy,
            of: Side { label: of.to_owned(), control: None },
            against: Side { label: against.to_owned(), control: None },
            at_flops: Vec::new(),
            phase: None,
            expect,
            margin: 0.0,
        },
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let about = ExperimentMetadata {
        title: Some("What is left of accuracy at few FLOPs".to_owned()),
        description: Some(
            "Six methods train the same small net at five targets each.\n\nThe numbers on this \
             page are made up: it exists to try the page itself."
                .to_owned(),
        ),
        command: "cargo run --release --bin swanbench -- sweep experiments/quickstart.yaml \
                  --device cpu"
            .to_owned(),
        versions: vec![pair("swanbench", "0.1.0"), pair("libtorch", "2.11.0")],
        claims: vec![
            claim("better-than-pruning", "swan", "magnitude (unit)", Relation::Greater),
            claim("worse-than-pruning", "swan", "magnitude (unit)", Relation::Less),
            claim("never-compared", "swan", "lost", Relation::Greater),
        ],
        phases: vec![Task::default()],
        ..ExperimentMetadata::default()
    };
    let mut results = runs(&settings, 3, &["lost"]);
    results.about = about;
    let files = report(&results, &folder).expect("written");
    files.last().expect("a page").clone()
}

/// What the probe finds in the page at a width in pixels.
fn found(page: &Path, width: usize) -> Value {
    let content = fs::read_to_string(page).expect("a page");
    let content = content.replacen("<head>", &format!("<head>{WATCH}"), 1);
    let content = content.replacen("</body>", &format!("{PROBE}</body>"), 1);
    let name = |kind: &str| page.with_file_name(format!("{kind}-{width}.html"));
    fs::write(name("probed"), content).expect("written");
    // A window is never narrower than 500 pixels, a frame within it may be.
    let frame = format!(
        "<!DOCTYPE html><pre></pre><script>onmessage = (message) => \
         document.querySelector('pre').textContent = message.data;</script>\
         <iframe src=\"probed-{width}.html\" width=\"{width}\" height=\"800\"></iframe>"
    );
    fs::write(name("frame"), frame).expect("written");
    let dumped = dump(&name("frame"));
    let text = dumped.split_once("<pre>").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (text, _) = text.unwrap_or_else(|| panic!("no `pre` in {dumped}"));
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in `{text}`"))
}

/// The document as Chromium has it once all scripts ran.
fn dump(path: &Path) -> String {
    let program = env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into());
    let own = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(program)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"])
        .args(["--window-size=1600,1000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", own.path().display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("Chromium starts; where it is not called chromium, set CHROMIUM");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a text")
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().expect("a list").iter();
    values.map(|value| value.as_f64().expect("a number")).collect()
}

#[test]
#[ignore = "needs Chromium: just test-page"]
fn the_page_works_in_a_browser() {
    let page = page();
    for width in [1280, 360] {
        let found = found(&page, width);
        assert_eq!(found["errors"], serde_json::json!([]));
        assert_eq!(found["requests"], serde_json::json!([]));
        assert_eq!(found["bold"], 0, "a label became an element");
        let sizes = found["sizes"].as_array().expect("a list");
        assert!(!sizes.is_empty(), "no picture");
        assert!(
            sizes.iter().all(|size| numbers(size).iter().all(|side| *side > 100.0)),
            "{sizes:?}"
        );

        let mut rising = numbers(&found["before"]);
        assert!(!rising.is_sorted(), "the order of the experiment is not that of the accuracy");
        rising.sort_by(f64::total_cmp);
        assert_eq!(numbers(&found["rising"]["values"]), rising);
        assert_eq!(found["rising"]["order"], "ascending");
        rising.reverse();
        assert_eq!(numbers(&found["falling"]["values"]), rising);
        assert_eq!(found["falling"]["order"], "descending");

        assert_eq!(found["width"], width);
        assert_eq!(found["content"], found["visible"], "the page scrolls sideways");
        let table = numbers(&found["box"]);
        assert!(table[1] > table[0] || width > 1000, "the table scrolls within its box: {table:?}");
    }
}

#[test]
fn the_page_refers_to_nothing_but_files_beside_it() {
    let page = fs::read_to_string(page()).expect("a page");
    let attributes = ["src", "href"].map(|name| format!("{name}=\""));
    let targets: Vec<&str> = attributes
        .iter()
        .flat_map(|attribute| page.split(attribute.as_str()).skip(1))
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect();
    assert!(targets.contains(&"pareto.svg") && targets.contains(&"table.tex"));
    for target in targets {
        let beside =
            target.starts_with("../../results/quickstart/") || !target.contains([':', '/']);
        assert!(beside, "`{target}`");
    }
}
