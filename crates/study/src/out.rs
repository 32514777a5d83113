//! The directory that a command writes to.

use crate::Setting;
use crate::interrupt::{self, Told};
use crate::said::Trouble;
use std::path::Path;

/// Makes the directory of a long command, and tells whoever looks that what is broken off is not lost; whoever breaks it off is told so as long as the answer lives.
///
/// # Errors
/// If it cannot be made, or is a file.
pub(crate) fn begin(dir: &Path, to: &Setting<'_>) -> Result<Told, Trouble> {
    directory(dir)?;
    // Pipes get the result and nothing else.
    if to.terminal {
        let dir = dir.display();
        if to.chinese {
            eprintln!("每次预演完成后即存入 {dir}；中断后再执行同一命令，即从中断处继续。");
        } else {
            eprintln!("runs are kept in {dir} as they end; broken off, the same command goes on where it was.");
        }
    }
    Ok(interrupt::tell(Some(dir), to.chinese))
}

/// Makes the directory of one run, before it is lived.
///
/// # Errors
/// If it cannot be made or written to, or holds the runs of a comparison, whose summary would be lost.
pub(crate) fn of_one_run(dir: &Path) -> Result<(), Trouble> {
    directory(dir)?;
    if !dir.join("runs.jsonl").exists() {
        return Ok(());
    }
    let dir = dir.display();
    Err(Trouble::new(
        format!("--out {dir}：这里已有 compare、from-book、search 或 calibrate 的结果（runs.jsonl）；请另选目录"),
        format!("--out {dir}: this holds what compare, from-book, search or calibrate wrote (runs.jsonl); name another directory"),
    ))
}

/// Makes a directory if it is not there, and tries whether a file can be written in it: before anything long begins.
pub(crate) fn directory(dir: &Path) -> Result<(), Trouble> {
    if dir.is_file() {
        let dir = dir.display();
        return Err(Trouble::new(
            format!("--out {dir}：这是一个文件；--out 须为目录"),
            format!("--out {dir}: this is a file; --out names a directory"),
        ));
    }
    std::fs::create_dir_all(dir).map_err(|e| Trouble::io(dir, &e))?;
    let tried = dir.join(format!(".quell-{}", std::process::id()));
    let written = std::fs::write(&tried, "").and_then(|()| std::fs::remove_file(&tried));
    written.map_err(|e| Trouble::io(dir, &e))
}

/// Files of which there is one a policy, before their number.
const NUMBERED: [&str; 3] = ["fan-", "townships-", "map-"];

/// Takes away the files of an earlier comparison that had more policies: they say nothing of this one.
///
/// # Errors
/// If the directory cannot be read, or a file not be removed.
pub(crate) fn remove_beyond(dir: &Path, policies: usize) -> Result<(), Trouble> {
    let wrong = |e: std::io::Error| Trouble::io(dir, &e);
    for entry in std::fs::read_dir(dir).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let number = NUMBERED.iter().find_map(|before| {
            let number = name.strip_prefix(before)?;
            let number = number.strip_suffix(".svg").or_else(|| number.strip_suffix(".csv"))?;
            number.parse::<usize>().ok().filter(|n| n.to_string() == number)
        });
        if number.is_some_and(|n| n > policies) && path.is_file() {
            std::fs::remove_file(&path).map_err(|e| Trouble::io(&path, &e))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn only_numbered_files_beyond_the_policies_go() {
        let dir = tempfile::tempdir().unwrap();
        let stay =
            ["fan-1.svg", "fan-2.svg", "townships-2.csv", "fan-x.svg", "fan-04.svg", "fan-3.txt", "map.svg", "my-fan-9.svg", "runs.csv"];
        let go = ["fan-3.svg", "townships-3.csv", "townships-12.svg", "map-4.svg"];
        for name in stay.iter().chain(&go) {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        remove_beyond(dir.path(), 2).unwrap();
        assert!(stay.iter().all(|n| dir.path().join(n).exists()) && !go.iter().any(|n| dir.path().join(n).exists()));
    }

    #[test]
    fn a_file_is_no_directory() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let refused = directory(&file).unwrap_err();
        assert!(refused.text(false).contains("this is a file") && refused.text(true).contains("这是一个文件"));
        assert_eq!(directory(&dir.path().join("a/b")), Ok(()));
        assert!(dir.path().join("a/b").is_dir());
        assert!(std::fs::read_dir(dir.path().join("a/b")).unwrap().next().is_none(), "nothing stays of the trial");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_directory_that_takes_no_files_is_refused() {
        // Nobody writes there, whoever runs the test.
        assert!(directory(Path::new("/proc")).is_err());
    }

    #[test]
    fn a_run_does_not_go_where_a_comparison_is() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(of_one_run(dir.path()), Ok(()));
        std::fs::write(dir.path().join("runs.jsonl"), "").unwrap();
        let refused = of_one_run(dir.path()).unwrap_err();
        assert!(refused.text(false).contains("name another directory") && refused.text(true).contains("请另选目录"));
    }
}
