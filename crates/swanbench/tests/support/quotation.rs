//! The places of a document that are taken from results.

/// What a comment announces.
pub struct Quotation {
    file: String,
    /// The name of the results.
    pub name: String,
    /// The task, if the comment names one.
    pub task: Option<u32>,
    pub when: When,
    /// The target, if heads of columns are no targets.
    pub target: Option<f64>,
    /// The tables that numbers of a text are taken from, without `.md`; empty for the usual ones.
    pub tables: Vec<String>,
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
    /// After so many steps of the task, on test.
    Step(u64),
    /// At the end of the task, on test examples of a class.
    Class(u64),
    /// The same on a tenth of the test examples by difficulty, counted from 1.
    Tenth(u64),
}

impl When {
    /// Reads the head of a column that is no target.
    pub fn of_head(head: &str) -> Option<Self> {
        if head == "end" {
            return Some(Self::End);
        }
        let (word, number) = head.split_once(' ')?;
        match word {
            "epoch" => number.parse().ok().map(Self::Epoch),
            "step" => match number.parse().ok()? {
                0 => Some(Self::Raw),
                steps => Some(Self::Step(steps)),
            },
            "class" => number.parse().ok().map(Self::Class),
            "tenth" => number.parse().ok().filter(|tenth| *tenth > 0).map(Self::Tenth),
            _ => None,
        }
    }
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
        let (mut task, mut when, mut target, mut tables) = (None, When::End, None, Vec::new());
        for part in parts {
            match part.split_once(' ') {
                Some(("task", number)) => task = Some(number.parse().expect("a task")),
                Some(("target", number)) => target = Some(number.parse().expect("a target")),
                _ if part == "raw" => when = When::Raw,
                None => tables.push(part.to_owned()),
                Some(_) => panic!("{file}: `{part}` says nothing of results"),
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
            tables,
            content,
        })
    });
    announced.collect()
}

/// Returns whether a line is the head of a table whose columns are targets or what [`When`] knows.
fn is_by_target(line: &str) -> bool {
    let is_one = |cell: &String| cell.ends_with('%') || When::of_head(cell).is_some();
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

/// A number with decimals, as it is written.
#[derive(Clone, Copy)]
struct Number {
    value: f64,
    decimals: usize,
}

/// Compares the numbers of a text with those of tables: each that has decimals must be there, and one with
/// an interval, such as `1.67 [1.47, 1.87]`, next to the interval. Where "below" takes the place of a
/// sign, an interval may be turned round.
pub fn check_text(quotation: &Quotation, lines: &[(usize, String)], tables: &str) -> Vec<String> {
    let known: Vec<Vec<Number>> = tables.lines().map(numbers).collect();
    // An interval may stand on two lines.
    let words: Vec<(usize, &str)> = lines
        .iter()
        .flat_map(|(number, line)| line.split_whitespace().map(|word| (*number, word)))
        .collect();
    let mut problems = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (line, word) = words[at];
        let next = |by: usize| words.get(at + by).map_or("", |(_, word)| word);
        let mut last = at + 1;
        // Words such as "points" may stand before an interval.
        if !numbers(word).is_empty() {
            let bracket = (1..3).find(|&by| next(by).starts_with('['));
            last = bracket.filter(|by| next(by + 1).contains(']')).map_or(last, |by| at + by + 2);
        }
        let text = words[at..last].iter().map(|(_, word)| *word).collect::<Vec<_>>().join(" ");
        let said = numbers(&text);
        let problem = match *said {
            [mean, low, high] if low.value > mean.value || mean.value > high.value => {
                Some("does not contain its mean")
            }
            [_, ..] if !known.iter().any(|row| is_in(&said, row)) => {
                Some("is in no table of the results")
            }
            _ => None,
        };
        problems.extend(problem.map(|problem| quotation.at(line, &format!("`{text}` {problem}"))));
        at = last;
    }
    problems
}

/// Returns whether a row has these numbers side by side, with these signs or all with the others.
fn is_in(said: &[Number], row: &[Number]) -> bool {
    let turned: Vec<Number> = match said {
        [mean, low, high] => {
            [mean, high, low].map(|one| Number { value: -one.value, ..*one }).into()
        }
        _ => said.iter().map(|one| Number { value: -one.value, ..*one }).collect(),
    };
    [said, &turned].into_iter().any(|said| {
        row.windows(said.len())
            .any(|part| part.iter().zip(said).all(|(known, said)| said.is(known)))
    })
}

impl Number {
    /// Returns whether this may be `known`, rounded.
    fn is(self, known: &Self) -> bool {
        let half = |number: Self| 0.5 * 0.1_f64.powi(number.decimals as i32);
        let error = if self.decimals < known.decimals { half(self) + half(*known) } else { 0.0 };
        self.decimals <= known.decimals && (self.value - known.value).abs() <= error + 1e-9
    }
}

/// Returns the numbers of a line that have decimals; code between backticks has none.
fn numbers(text: &str) -> Vec<Number> {
    let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let is_part = |letter: char| letter.is_ascii_digit() || ".+-−".contains(letter);
    let words = text.split(|letter| !is_part(letter)).map(|word| word.trim_end_matches('.'));
    words
        .filter_map(|word| {
            let (_, decimals) = word.split_once('.')?;
            // As of `arXiv 2603.06601`: no share has so many digits.
            let value: f64 = word.replace('−', "-").parse().ok()?;
            (value < 1000.0).then_some(Number { value, decimals: decimals.len() })
        })
        .collect()
}
