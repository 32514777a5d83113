//! Writes one of each document and a batch of notices into a directory: `cargo run -p quell-documents --example samples DIRECTORY [NOTICES]`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use quell_documents::{Batch, Fonts, Language};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("name a directory")?;
    let directory = Path::new(&directory);
    let notices: usize = arguments.next().map_or(Ok(1000), |n| n.parse())?;
    let fonts = Fonts::carried()?;
    let write = |name: &str, d: quell_documents::Document| {
        println!("{name}: {} pages, {} bytes, missing {:?}", d.pages, d.pdf.len(), d.missing);
        std::fs::write(directory.join(name), d.pdf)
    };
    write("notice.pdf", quell_documents::notice(&fonts, &samples::notice("张三"))?)?;
    write("certificate.pdf", quell_documents::certificate(&fonts, &samples::certificate("张三"))?)?;
    write("day-sheet.pdf", quell_documents::day_sheet(&fonts, &samples::day_sheet(60), Language::Chinese)?)?;
    write("day-sheet-en.pdf", quell_documents::day_sheet(&fonts, &samples::day_sheet(500), Language::English)?)?;
    write("daily-report.pdf", quell_documents::daily_report(&fonts, &samples::daily_report(), Language::Chinese)?)?;
    write("daily-report-en.pdf", quell_documents::daily_report(&fonts, &samples::daily_report(), Language::English)?)?;
    write("rare-names.pdf", quell_documents::notice(&fonts, &samples::notice("王𬭚㛃喆堃煊𪛖"))?)?;

    let began = Instant::now();
    let mut file = std::fs::File::create(directory.join("batch.pdf"))?;
    let mut batch = Batch::new(&fonts).for_both_sides();
    for n in 0..notices {
        let mut notice = samples::notice("张三");
        notice.number = format!("500237-2022-{n:06}");
        batch.notice(&notice)?;
        file.write_all(&batch.take())?;
    }
    let end = batch.finish()?;
    file.write_all(&end.pdf)?;
    println!("batch.pdf: {} pages, {} bytes, {:.2?}", end.pages, file.metadata()?.len(), began.elapsed());
    Ok(())
}
