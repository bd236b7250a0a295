//! The hot loops, in bytes per second.

fn main() {}
