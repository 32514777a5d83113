//! Pictures out: a file beside the table.

mod chain;
mod curve;
mod delay;
mod table;

use crate::Setting;
use crate::said::Trouble;
use clap::Args;
use quell_charts::{Head, Language, NoPng};
use std::path::{Path, PathBuf};

pub(crate) use chain::{Chain, chain};
pub(crate) use curve::{SEEN, curve};
pub(crate) use delay::delay;
pub(crate) use table::{fan, nowcast, threshold};

/// Pixels of a PNG for one of the SVG: 287 dots an inch on the width of an A4 text.
const PIXELS: f64 = 3.0;

/// Options of a command that draws.
#[derive(Debug, Clone, Args)]
pub(crate) struct Picture {
    /// Draw the result as well, into this file: .svg or .png.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// What the picture is called.
    #[arg(long, requires = "picture")]
    title: Option<String>,
    /// Where the data are from; written below the picture.
    #[arg(long, requires = "picture")]
    source: Option<String>,
}

/// What a picture is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Svg,
    Png,
}

impl Kind {
    fn of(file: &Path) -> Result<Self, Trouble> {
        match file.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            _ => Err(Trouble::new(
                format!("{}：--picture 的文件名须以 .svg 或 .png 结尾", file.display()),
                format!("{}: the file of --picture ends in .svg or .png", file.display()),
            )),
        }
    }
}

impl Picture {
    /// Whether a picture was asked for.
    pub fn is_wanted(&self) -> bool {
        self.picture.is_some()
    }
    /// Draws, if a picture was asked for. `of` is the name of the series where a table has several: each has a file of its own, whose name
    /// has the series' at its end. Nothing for a single one.
    ///
    /// # Errors
    /// If the file's name ends otherwise, or it cannot be written, or is a PNG in a build without a font.
    pub fn save(&self, of: &str, to: &Setting<'_>, draw: impl FnOnce(Head, Language) -> String) -> Result<(), Trouble> {
        let Some(file) = &self.picture else { return Ok(()) };
        let kind = Kind::of(file)?;
        let language = if to.chinese { Language::Chinese } else { Language::English };
        let subtitle = Some(of.to_owned()).filter(|n| !n.is_empty());
        let svg = draw(Head { title: self.title.clone(), subtitle, source: self.source.clone() }, language);
        let bytes = match kind {
            Kind::Svg => svg.into_bytes(),
            Kind::Png => quell_charts::png(&svg, &[quell_fonts::CARRIED], PIXELS).map_err(|e| no_png(file, &e))?,
        };
        let file = named(file, of);
        std::fs::write(&file, bytes).map_err(|e| Trouble::io(&file, &e))
    }
}

fn no_png(file: &Path, e: &NoPng) -> Trouble {
    let (zh, en) = match e {
        NoPng::NoFont => {
            ("程序编译时没有字体，不能生成 PNG；请改用 .svg".to_owned(), "this program was built without a font; use .svg".to_owned())
        }
        NoPng::TooLarge(w, h) => (format!("图太大（{w} × {h} 像素）；请改用 .svg"), format!("{w} x {h} pixels are too many; use .svg")),
        NoPng::BadSvg(why) => (format!("不能生成 PNG：{why}；请改用 .svg"), format!("no PNG: {why}; use .svg")),
    };
    Trouble::new(format!("{}：{zh}", file.display()), format!("{}: {en}", file.display()))
}

/// The file of one of several series: its name before the ending, without what a path means.
fn named(file: &Path, of: &str) -> PathBuf {
    if of.is_empty() {
        return file.to_owned();
    }
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ') { c } else { '_' };
    let part = |s: Option<&std::ffi::OsStr>| s.unwrap_or_default().to_string_lossy().into_owned();
    let name = format!("{}-{}.{}", part(file.file_stem()), of.chars().map(safe).collect::<String>(), part(file.extension()));
    file.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_several_series_has_its_file() {
        assert_eq!(named(Path::new("out/r.svg"), ""), Path::new("out/r.svg"));
        assert_eq!(named(Path::new("out/r.svg"), "沙坪坝区"), Path::new("out/r-沙坪坝区.svg"));
        assert_eq!(named(Path::new("out/r.svg"), "../a/b.c"), Path::new("out/r-___a_b_c.svg"));
    }
}
