//! Prints how many bytes each call's future takes, and how many of them are not the bare call's.

use resilient_benches::sizes;

fn main() {
    let sizes = sizes();
    let bare = sizes[0].1;
    println!("{:<16} {:>6} {:>12}", "call", "bytes", "beside bare");
    for (name, bytes) in sizes {
        println!("{name:<16} {bytes:>6} {:>12}", bytes - bare);
    }
}
