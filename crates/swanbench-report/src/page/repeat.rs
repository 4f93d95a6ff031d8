//! How to get the same numbers again.

use swanbench_results::ExperimentMetadata;

use super::escape::escape;

/// A section with the command and the versions; nothing where neither is known.
pub(super) fn section(about: &ExperimentMetadata) -> String {
    if about.command.is_empty() && about.versions.is_empty() {
        return String::new();
    }
    let command = if about.command.is_empty() {
        String::new()
    } else {
        let command = escape(&about.command);
        format!("<pre tabindex=\"0\"><code>{command}</code></pre>\n")
    };
    format!(
        "<section aria-labelledby=\"repeat\">\n<h2 id=\"repeat\">To repeat it</h2>\n\
         {command}{}</section>\n",
        pairs(&about.versions)
    )
}

/// Names with their values; nothing where there is none.
pub(super) fn pairs(pairs: &[(String, String)]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let pair = |(name, value): &(String, String)| {
        format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), escape(value))
    };
    format!("<dl class=\"facts\">\n{}</dl>\n", pairs.iter().map(pair).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_copied_as_it_stands() {
        let about = ExperimentMetadata {
            command: "swanbench sweep a.yaml --set 'x=1' > log".to_owned(),
            versions: vec![("libtorch".to_owned(), "2.11.0".to_owned())],
            ..ExperimentMetadata::default()
        };
        let page = section(&about);
        assert!(page.contains("<code>swanbench sweep a.yaml --set &#39;x=1&#39; &gt; log</code>"));
        assert!(page.contains("<dt>libtorch</dt><dd>2.11.0</dd>"));
        assert_eq!(section(&ExperimentMetadata::default()), "");
    }
}
