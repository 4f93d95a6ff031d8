//! Pictures as part of the page.
//!
//! They are in the page as SVG elements, not as data of an `img`: that is a third lighter, and
//! their words can be found and selected.

use maud::{Markup, PreEscaped, Render as _, html};

use super::section::section;
use crate::pictures::Picture;

/// Returns a section with the picture and a link to its file, which lies next to the page.
pub(super) fn picture(picture: &Picture) -> Markup {
    section(
        &format!("picture-{}", picture.name),
        picture.heading,
        &html! {
            figure.picture { (inline(picture)) }
            p.beside { a href=(format!("{}.svg", picture.name)) { "This picture as a file" } }
        },
    )
}

/// Returns the document as an element: named for screen readers, its identifiers made unique.
fn inline(picture: &Picture) -> Markup {
    // What precedes the element belongs to a document of its own.
    let start = picture.svg.find("<svg").unwrap_or(0);
    let mut element = picture.svg[start..].to_owned();
    for found in [" id=\"", "url(#", "href=\"#"] {
        element = element.replace(found, &format!("{found}{}--", picture.name));
    }
    let alternative = picture.alternative.render().into_string();
    let named = format!("<svg role=\"img\" aria-label=\"{alternative}\"");
    PreEscaped(element.replacen("<svg", &named, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_two_pictures_do_not_clash() {
        let svg = "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 9 9\"><clipPath id=\"a\"/>\
                   <g clip-path=\"url(#a)\"/><use href=\"#a\"/></svg>";
        let show = |name| {
            let (heading, alternative, svg, png) = ("a < b", "\"marks\"", svg.into(), Vec::new());
            picture(&Picture { name, heading, alternative, svg, png }).into_string()
        };
        let page = show("one") + &show("two");
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
