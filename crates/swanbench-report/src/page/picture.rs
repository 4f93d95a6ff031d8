//! Pictures as part of the page.
//!
//! They stand in the page as SVG elements, not as data of an `img`: that is a third lighter, and
//! their words can be found and selected.

use super::escape::{escape, segment};

/// An SVG document with the words that go with it. The same document is the file `<id>.svg` beside
/// the page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    pub id: String,
    pub heading: String,
    /// What it shows, for those who do not see it.
    pub alternative: String,
    pub svg: String,
}

/// A section for each picture.
pub(super) fn sections(pictures: &[Picture]) -> String {
    pictures.iter().map(section).collect()
}

fn section(picture: &Picture) -> String {
    let (id, heading) = (escape(&picture.id), escape(&picture.heading));
    let (svg, file) = (inline(picture), segment(&picture.id));
    format!(
        "<section aria-labelledby=\"picture-{id}\">\n<h2 id=\"picture-{id}\">{heading}</h2>\n\
         <figure class=\"picture\">\n{svg}</figure>\n\
         <p class=\"beside\"><a href=\"{file}.svg\">This picture as a file</a></p>\n</section>\n"
    )
}

/// The document as an element: named for screen readers, its identifiers made unique.
fn inline(picture: &Picture) -> String {
    // What stands before the element belongs to a document of its own.
    let start = picture.svg.find("<svg").unwrap_or(0);
    let element = &picture.svg[start..];
    let mut element = element.to_owned();
    let prefix = escape(&picture.id);
    for (found, unique) in [
        (" id=\"", format!(" id=\"{prefix}--")),
        ("url(#", format!("url(#{prefix}--")),
        ("href=\"#", format!("href=\"#{prefix}--")),
    ] {
        element = element.replace(found, &unique);
    }
    let named = format!("<svg role=\"img\" aria-label=\"{}\"", escape(&picture.alternative));
    element.replacen("<svg", &named, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_two_pictures_do_not_clash() {
        let svg = "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 9 9\"><clipPath id=\"a\"/>\
                   <g clip-path=\"url(#a)\"/><use href=\"#a\"/></svg>";
        let picture = |id: &str| Picture {
            id: id.to_owned(),
            heading: "a < b".to_owned(),
            alternative: "\"marks\"".to_owned(),
            svg: svg.to_owned(),
        };
        let page = sections(&[picture("one"), picture("two")]);
        for expected in [
            "<svg role=\"img\" aria-label=\"&quot;marks&quot;\" viewBox=\"0 0 9 9\">",
            "<clipPath id=\"one--a\"/><g clip-path=\"url(#one--a)\"/><use href=\"#one--a\"/>",
            "<clipPath id=\"two--a\"/>",
            "<h2 id=\"picture-two\">a &lt; b</h2>",
        ] {
            assert!(page.contains(expected), "no `{expected}` in {page}");
        }
        assert!(!page.contains("<?xml"));
    }
}
