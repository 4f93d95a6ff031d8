//! The places of a document that are taken from results.

/// What a comment announces.
pub struct Quotation {
    file: String,
    /// The name of the results.
    pub name: String,
    /// The task, if the comment names one.
    pub task: Option<u32>,
    pub when: When,
    /// The target, if heads of columns are epochs.
    pub target: Option<f64>,
    pub content: Content,
}

/// When accuracy was measured.
#[derive(Clone, Copy, PartialEq)]
pub enum When {
    /// At the end of the task, on test.
    End,
    /// Before the last stage, on test.
    Raw,
    /// After so many epochs of the task, on validation.
    Epoch(u32),
}

/// Lines by their numbers, counted from 1.
pub enum Content {
    /// The head and the rows of a table, as cells.
    Table(Vec<(usize, Vec<String>)>),
    /// Anything else, up to the next empty line outside a listing.
    Text(Vec<(usize, String)>),
}

impl Quotation {
    /// Words a problem on a line.
    pub fn at(&self, line: usize, text: &str) -> String {
        format!("{}:{line}: {text} ({})", self.file, self.name)
    }
}

/// Finds all of a document.
pub fn quotations(file: &str, text: &str) -> Vec<Quotation> {
    let lines: Vec<(usize, &str)> =
        text.lines().enumerate().map(|(at, line)| (at + 1, line)).collect();
    let announced = lines.iter().enumerate().filter_map(|(at, (_, line))| {
        let inner = line.strip_prefix("<!-- results: ")?.strip_suffix(" -->")?;
        let mut parts = inner.split(", ");
        let name = parts.next().unwrap_or_default();
        let (mut task, mut when, mut target) = (None, When::End, None);
        for part in parts {
            match part.split_once(' ') {
                Some(("task", number)) => task = Some(number.parse().expect("a task")),
                Some(("target", number)) => target = Some(number.parse().expect("a target")),
                _ if part == "raw" => when = When::Raw,
                _ => panic!("{file}: `{part}` says nothing of results"),
            }
        }
        let mut inside = false;
        let next = lines[at + 1..].iter().skip_while(|(_, line)| line.is_empty());
        let own: Vec<(usize, String)> = next
            .take_while(|(_, line)| {
                inside ^= line.starts_with("```");
                inside || !line.is_empty() && !line.starts_with("<!-- results: ")
            })
            .map(|&(number, line)| (number, line.to_owned()))
            .collect();
        let content = if own.first().is_some_and(|(_, line)| is_by_target(line)) {
            let is_rule = |line: &str| line.starts_with("| ---");
            let rows = own.iter().filter(|(_, line)| !is_rule(line));
            Content::Table(rows.map(|(number, line)| (*number, cells(line))).collect())
        } else {
            Content::Text(own)
        };
        Some(Quotation {
            file: file.to_owned(),
            name: name.to_owned(),
            task,
            when,
            target,
            content,
        })
    });
    announced.collect()
}

/// Returns whether a line is the head of a table whose columns are targets or epochs.
fn is_by_target(line: &str) -> bool {
    let is_one = |cell: &String| cell.ends_with('%') || cell.starts_with("epoch ");
    line.starts_with('|') && cells(line).iter().skip(1).all(is_one)
}

/// Returns the lines with decimals that no comment announces: all, or those of tables.
pub fn unannounced(file: &str, text: &str, only_tables: bool) -> Vec<String> {
    let all = quotations(file, text);
    let announced: Vec<usize> = all
        .iter()
        .flat_map(|quotation| -> Vec<usize> {
            match &quotation.content {
                Content::Table(rows) => rows.iter().map(|(line, _)| *line).collect(),
                Content::Text(lines) => lines.iter().map(|(line, _)| *line).collect(),
            }
        })
        .collect();
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    let left = lines.filter(|(number, line)| {
        let counts = line.starts_with('|') || !only_tables && !line.starts_with("<!--");
        counts && !numbers(line).is_empty() && !announced.contains(number)
    });
    left.map(|(number, line)| format!("{file}:{number}: no comment says whose results: {line}"))
        .collect()
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// A number with decimals: its size, and how many decimals.
type Number = (f64, usize);

/// Compares the numbers of a text with those of tables: each that has decimals must be there, and with
/// an interval, such as `1.67 [1.47, 1.87]`, next to the interval.
pub fn check_text(quotation: &Quotation, lines: &[(usize, String)], tables: &str) -> Vec<String> {
    let known: Vec<Vec<Number>> = tables.lines().map(numbers).collect();
    let mut problems = Vec::new();
    // An interval may stand on two lines.
    let joined: Vec<(usize, &str)> = lines
        .iter()
        .flat_map(|(number, line)| line.split_whitespace().map(|word| (*number, word)))
        .collect();
    let mut at = 0;
    while at < joined.len() {
        let (line, _) = joined[at];
        let next = |by: usize| joined.get(at + by).map_or("", |(_, word)| word);
        let has_interval = next(1).starts_with('[') && next(2).contains(']');
        let words = if has_interval { 3 } else { 1 };
        let said: Vec<Number> = (0..words).flat_map(|by| numbers(next(by))).collect();
        let is_there = |row: &Vec<Number>| {
            row.windows(said.len().max(1)).any(|part| part.iter().zip(&said).all(agree))
        };
        if !said.is_empty() && !known.iter().any(is_there) {
            let text = (0..words).map(next).collect::<Vec<_>>().join(" ");
            problems.push(quotation.at(line, &format!("`{text}` is in no table of the results")));
        }
        at += if said.is_empty() { 1 } else { words };
    }
    problems
}

/// Whether a number of a table is the other one, which has been rounded.
fn agree((known, said): (&Number, &Number)) -> bool {
    (known.0 - said.0).abs() <= 0.5 * 0.1_f64.powi(said.1 as i32) + 0.0051
}

/// Returns the numbers of a line that have decimals, without signs; code between backticks has none.
fn numbers(text: &str) -> Vec<Number> {
    let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
    let words = text.split(|letter| !is_part(letter)).map(|word| word.trim_matches('.'));
    words
        .filter_map(|word| {
            let (_, decimals) = word.split_once('.')?;
            Some((word.parse().ok()?, decimals.len()))
        })
        .collect()
}
