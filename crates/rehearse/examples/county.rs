//! Makes a county, prints what it holds and how long it took.
//!
//! `cargo run --release -p quell-rehearse --example county -- [PEOPLE] [SEED] [ROSTER.csv]`
//! (462,462 people, seed 1 and no roster unless told; above that, the made-up city).

use quell_rehearse::{PlaceKind, city, write_roster_csv, wushan};
use std::io::BufWriter;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let people: u32 = args.next().map_or(Ok(462_462), |a| a.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |a| a.parse())?;
    let begun = Instant::now();
    let county = if people > 462_462 { city } else { wushan }(seed, people, "2022-11-26".parse()?);
    println!("{people} people in {:.2} s", begun.elapsed().as_secs_f64());

    let households = county.places.iter().filter(|p| p.kind == PlaceKind::Household).count();
    println!("{} places, {households} of them households", county.places.len());
    let samplers: u32 = county.stations.iter().map(|s| s.samplers).sum();
    println!("{} stations with {samplers} samplers", county.stations.len());
    let tubes: u32 = county.laboratories.iter().map(|l| l.tubes_per_hour).sum();
    println!("{} laboratories, {tubes} tubes an hour", county.laboratories.len());
    for kind in [PlaceKind::ShelterHospital, PlaceKind::DesignatedHospital, PlaceKind::IsolationSite] {
        let of_kind: Vec<_> = county.facilities.iter().filter(|f| f.kind == kind).collect();
        println!("{} × {kind:?}, {} beds", of_kind.len(), of_kind.iter().map(|f| f.beds()).sum::<u32>());
    }
    println!("{} vehicles", county.vehicles.len());
    for person in county.residents.iter().take(5) {
        println!("  {} {} {} {} {:?}", person.id, person.name, person.born, person.home, person.tags);
    }
    if let Some(path) = args.next() {
        write_roster_csv(&county, BufWriter::new(std::fs::File::create(&path)?))?;
        println!("roster written to {path}");
    }
    Ok(())
}
