//! What is said to the user, in both languages.

use crate::source::{nearest, of_message, of_policy};
use quell_response::policy::PolicyError;
use std::path::Path;

/// Why a command did not do its work. Its own language is English; [`Trouble::text`] has both.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{en}")]
pub struct Trouble {
    zh: String,
    en: String,
}

impl Trouble {
    /// In Chinese and English.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// The message.
    pub fn text(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.en }
    }
    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, e: &dyn std::fmt::Display) -> Self {
        Self::new(format!("{}：{e}", path.display()), format!("{}: {e}", path.display()))
    }
    /// A file or directory that the system refuses.
    pub(crate) fn io(path: &Path, e: &std::io::Error) -> Self {
        use std::io::ErrorKind::{
            AlreadyExists, InvalidData, IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull,
        };
        let at = path.display();
        let (zh, en) = match e.kind() {
            NotFound => ("没有这个文件或目录；请检查路径", "there is no such file or directory; check the path"),
            PermissionDenied => ("没有权限；请检查文件和目录的权限", "permission denied; check who may read and write there"),
            IsADirectory => ("这是一个目录；此处须为文件", "this is a directory; a file is needed here"),
            NotADirectory | AlreadyExists => ("路径中有一段是文件而不是目录", "a part of the path is a file, not a directory"),
            StorageFull => ("磁盘已满", "the disk is full"),
            ReadOnlyFilesystem => ("此处只能读，不能写", "nothing can be written there"),
            InvalidData => ("不是 UTF-8 文本；请另存为 UTF-8", "this is no UTF-8 text; save it as UTF-8"),
            _ => return Self::file(path, e),
        };
        Self::new(format!("{at}：{zh}"), format!("{at}: {en}"))
    }
    /// A name that nothing has.
    pub(crate) fn unknown(what: (&str, &str), name: &str, known: &[&str]) -> Self {
        let list = known.join(", ");
        let (zh, en) = match nearest(name, known) {
            Some(near) => (format!("是否应为“{near}”？"), format!("did you mean \"{near}\"? ")),
            None => Default::default(),
        };
        Self::new(
            format!("没有名为“{name}”的{}；{zh}可用：{list}", what.0),
            format!("there is no {} \"{name}\"; {en}there are {list}", what.1),
        )
    }
}

/// What a value that cannot be read says, in Chinese and English.
pub(crate) fn rule(english: &str) -> (String, String) {
    let words = of_message(english);
    (words.zh(), words.en())
}

/// What a policy says of an impossible value, in Chinese and English.
pub(crate) fn rule_of_policy(e: &PolicyError) -> (String, String) {
    match e {
        PolicyError::Unreadable(english) => rule(english),
        PolicyError::Impossible { field, what } => {
            let words = of_policy(what);
            (format!("{field}：{}", words.zh()), format!("{field}: {}", words.en()))
        }
    }
}
