//! What every part of the page has: a heading that names it.

use maud::{Markup, html};

/// Returns a section named by its heading, which has the identifier `id`.
pub(super) fn section(id: &str, heading: &str, body: &Markup) -> Markup {
    html! { section aria-labelledby=(id) { h2 id=(id) { (heading) } (body) } }
}
