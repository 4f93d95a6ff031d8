//! One line of text in a picture.

use plotters::style::{FontStyle, RGBColor};

use crate::draw::{
    rectangle::{Place, Rectangle},
    theme,
};

/// A line of text. Its size is in pixels per em.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub content: String,
    /// Where the baseline begins, has its middle, or ends, as `anchor` says.
    pub at: Place,
    pub anchor: Anchor,
    pub size: f64,
    pub weight: Weight,
    pub colour: RGBColor,
    /// Whether it reads upward, as the title of a vertical axis does.
    pub upward: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    pub(crate) const fn style(self) -> FontStyle {
        match self {
            Self::Regular => FontStyle::Normal,
            Self::Bold => FontStyle::Bold,
        }
    }
}

impl Text {
    /// Makes a line in the usual size and weight.
    pub(crate) fn new(
        content: impl Into<String>,
        at: Place,
        anchor: Anchor,
        colour: RGBColor,
    ) -> Self {
        let (size, weight, upward) = (theme::TEXT_SIZE, Weight::Regular, false);
        Self { content: content.into(), at, anchor, size, weight, colour, upward }
    }

    /// Makes a bold line above a panel.
    pub(crate) fn heading(content: impl Into<String>, at: Place, colour: RGBColor) -> Self {
        Self { size: theme::HEADING_SIZE, ..Self::new(content, at, Anchor::Start, colour).bold() }
    }

    /// Makes the title of a horizontal axis, `distance` pixels below `area`.
    pub(crate) fn foot_title(title: &str, area: Rectangle, distance: f64) -> Self {
        let at = (area.left.midpoint(area.right), area.bottom + distance);
        Self::new(title, at, Anchor::Middle, theme::INK)
    }

    /// Makes the title of a vertical axis, `distance` pixels to the left of `area`.
    pub(crate) fn side_title(title: &str, area: Rectangle, distance: f64) -> Self {
        let at = (area.left - distance, area.top.midpoint(area.bottom));
        Self { upward: true, ..Self::new(title, at, Anchor::Middle, theme::INK) }
    }

    pub(crate) fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    /// Takes the size of secondary text: notes within a panel and names of spans.
    pub(crate) fn small(self) -> Self {
        Self { size: theme::SMALL_SIZE, ..self }
    }
}
