//! The page is embedded: when it was built anew, so is the program.

fn main() {
    let page = "../../web/dist";
    // What does not exist cannot be watched, and would have the program built anew each time. Without the page the server says so.
    if let Err(e) = std::fs::create_dir_all(page) {
        println!("cargo:warning=cannot make {page}: {e}");
    }
    println!("cargo:rerun-if-changed={page}");
}
