//! `quell analyse` alone, which builds in a minute: `cargo run --release -p quell-analyse --example analyse -- rt FILE.csv …`

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
struct Line {
    /// Messages in Chinese.
    #[arg(long)]
    chinese: bool,
    #[command(subcommand)]
    command: quell_analyse::Analyse,
}

fn main() -> ExitCode {
    let line = Line::parse();
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let mut to = quell_analyse::Setting { chinese: line.chinese, json: false, out: &mut out, err: &mut err };
    match quell_analyse::run(&line.command, &mut to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{}", trouble.text(line.chinese));
            ExitCode::from(2)
        }
    }
}
