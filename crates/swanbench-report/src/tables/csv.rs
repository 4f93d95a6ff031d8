//! Tables to compute with, as comma-separated values.
//!
//! Numbers are the shortest that mean the same float, and a field without a value is empty; an
//! empty text is quoted.

/// A named column of fields that are written as they are.
pub(crate) struct Field {
    name: String,
    values: Vec<String>,
}

/// A column of texts.
pub(crate) fn texts<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Field {
    Field { name: name.to_owned(), values: values.map(quoted).collect() }
}

/// A column of numbers; empty if there is none.
pub(crate) fn numbers(name: &str, values: impl Iterator<Item = Option<f64>>) -> Field {
    let text = |value: f64| zmij::Buffer::new().format(value).to_owned();
    let values = values.map(|value| value.map(text).unwrap_or_default());
    Field { name: name.to_owned(), values: values.collect() }
}

/// A column of counts; empty if there is none.
pub(crate) fn counts(name: &str, values: impl Iterator<Item = Option<usize>>) -> Field {
    let values = values.map(|value| value.map(|count| count.to_string()).unwrap_or_default());
    Field { name: name.to_owned(), values: values.collect() }
}

/// Returns the file with a line of names, and one line per row.
pub(crate) fn file(columns: &[Field], rows: usize) -> Vec<u8> {
    let line = |field: &dyn Fn(&Field) -> String| {
        columns.iter().map(field).collect::<Vec<_>>().join(",") + "\n"
    };
    let rows = (0..rows).map(|row| line(&|column| column.values[row].clone()));
    let header = line(&|column| quoted(&column.name));
    [header].into_iter().chain(rows).collect::<String>().into_bytes()
}

fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_only_if_they_must_be() {
        let labels = ["plain", "a, b", "say \"a\"", ""];
        let columns = [
            texts("label", labels.into_iter()),
            numbers("share", [Some(0.1 + 0.2), Some(1e-7), Some(f64::NAN), None].into_iter()),
            counts("n", [Some(3), None, Some(0), Some(1)].into_iter()),
        ];
        let expected = "label,share,n\nplain,0.30000000000000004,3\n\"a, b\",1e-7,\n\
                        \"say \"\"a\"\"\",NaN,0\n\"\",,1\n";
        assert_eq!(String::from_utf8(file(&columns, 4)).expect("a text"), expected);
    }
}
