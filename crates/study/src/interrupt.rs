//! What is said when somebody breaks a command off: what is kept, and how to go on.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, Once, PoisonError};

/// What is said now, if anything.
static SAID: Mutex<Option<String>> = Mutex::new(None);
static WAITS: Once = Once::new();

/// While it lives, a command that is broken off says what is kept.
pub(crate) struct Told(());

impl Drop for Told {
    fn drop(&mut self) {
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// From now on. `dir` is where runs are kept; none: nowhere.
pub(crate) fn tell(dir: Option<&Path>, chinese: bool) -> Told {
    *SAID.lock().unwrap_or_else(PoisonError::into_inner) = Some(words(dir, chinese));
    // Where no signals can be waited for, the command ends without a word, as it would have done.
    WAITS.call_once(|| {
        if let Ok(signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) {
            std::thread::spawn(move || wait(signals));
        }
    });
    Told(())
}

fn words(dir: Option<&Path>, chinese: bool) -> String {
    let dir = dir.map(Path::display);
    match (dir, chinese) {
        (Some(dir), true) => format!("已中断：已完成的预演保存在 {dir}；再执行同一命令，即从中断处继续。"),
        (Some(dir), false) => format!("broken off: the runs that had ended are kept in {dir}; the same command goes on where it was."),
        (None, true) => "已中断：没有保存任何内容。".to_owned(),
        (None, false) => "broken off: nothing is kept.".to_owned(),
    }
}

/// Ends the process at the first signal, with the code that shells have for it: 128 and the signal's number.
fn wait(mut signals: Signals) {
    let Some(signal) = signals.forever().next() else { return };
    let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(said) = said {
        let mut stderr = std::io::stderr();
        // Below the bar that shows the progress.
        let begin = if stderr.is_terminal() { "\n" } else { "" };
        // Nobody is left to be told if this fails.
        let _ = writeln!(stderr, "{begin}quell: {said}");
    }
    std::process::exit(128 + signal);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_ends_with_the_command() {
        let said = || SAID.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let told = tell(Some(Path::new("out")), false);
        assert!(said().is_some_and(|s| s.contains("kept in out; the same command goes on")));
        drop(told);
        assert_eq!(said(), None);
        assert!(words(None, true).contains("没有保存") && words(Some(Path::new("out")), true).contains("从中断处继续"));
    }
}
