//! The physics of a rehearsal: people in layers, a disease, and how it passes from one to the next. No policy: what a response does comes in
//! through [`kernel::Response`]. No storage, no clock, and no chance but a seed: the same input gives the same history, on any number of threads.
//!
//! The cost of a run follows the infections, not people × days: when somebody is infected, all contacts that could pass the disease on are drawn at once, over the
//! whole course, and put into a calendar; on its day each is accepted or not ([`kernel`]). This is the same process as a hazard evaluated at every
//! moment (thinning: Lewis & Shedler 1979, Naval Research Logistics Quarterly 26:403).
//!
//! ```
//! use quell_epidemic::{disease, kernel, population};
//! let people = population::preset("town").unwrap().with_people(5_000).generate(1, 1).unwrap();
//! let disease = disease::preset("covid-ba5").unwrap().unwrap();
//! let rates = kernel::Rates::calibrate(&people, &disease).unwrap();
//! let settings = kernel::Settings { seed: 1, days: 40, threads: 1, imports: kernel::Imports::at_start(&people, 1, 10, 0) };
//! let mut run = kernel::Simulation::new(&people, &disease, &rates, settings);
//! run.run(&mut kernel::NoResponse);
//! assert!(run.world().history().infections().len() > 500);
//! ```

pub mod disease;
pub mod kernel;
pub mod layer;
pub mod population;
pub mod random;

pub use layer::{LAYERS, Layer};
