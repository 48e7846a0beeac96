//! SVG as text: in, shapes in pixels; out, one line per shape, coordinates to a tenth. Text is escaped.

use std::fmt::Write;

/// A position, or a width and a height, in pixels.
pub type Pixels = (f64, f64);

/// Where a text hangs from its position.
#[derive(Clone, Copy)]
pub enum Anchor {
    /// Its beginning is there.
    Start,
    /// Its middle is there.
    Middle,
    /// Its end is there.
    End,
}

/// A picture in the making.
pub struct Svg {
    text: String,
}

const FONTS: &str = "-apple-system, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif";

impl Svg {
    /// An empty picture of this size.
    #[must_use]
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Self {
            text: String::new(),
        };
        svg.push(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" font-family=\"{FONTS}\" role=\"img\">"
        ));
        svg.push(format_args!("<title>{}</title>", escaped(title)));
        svg
    }

    /// A filled rectangle.
    pub fn rectangle(&mut self, (x, y): Pixels, (width, height): Pixels, fill: &str) {
        self.push(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>"
        ));
    }

    /// A thin line, dashed if there is a pattern.
    pub fn line(&mut self, from: Pixels, to: Pixels, stroke: &str, dashes: Option<&str>) {
        let dashes = dashes
            .map(|d| format!(" stroke-dasharray=\"{d}\""))
            .unwrap_or_default();
        self.push(format_args!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{stroke}\"{dashes}/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// The space between the points and the level `base`.
    pub fn area(&mut self, points: &[Pixels], base: f64, fill: &str) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return;
        };
        let edge = joined(points);
        self.push(format_args!(
            "<path d=\"M{:.1},{base:.1} L{edge} L{:.1},{base:.1} Z\" fill=\"{fill}\"/>",
            first.0, last.0
        ));
    }

    /// A line through the points.
    pub fn curve(&mut self, points: &[Pixels], stroke: &str, width: f64) {
        self.push(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width:.1}\" \
             stroke-linejoin=\"round\"/>",
            joined(points)
        ));
    }

    /// A text.
    pub fn text(
        &mut self,
        (x, y): Pixels,
        size: f64,
        fill: &str,
        anchor: Anchor,
        bold: bool,
        text: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if bold { " font-weight=\"600\"" } else { "" };
        self.push(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.0}\" fill=\"{fill}\" text-anchor=\"{anchor}\"{weight}>{}</text>",
            escaped(text)
        ));
    }

    /// The picture as text.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.push(format_args!("</svg>"));
        self.text
    }

    fn push(&mut self, shape: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.text, "{shape}");
    }
}

fn joined(points: &[Pixels]) -> String {
    let points: Vec<_> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    points.join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
