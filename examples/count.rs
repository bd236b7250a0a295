fn main() {
    let a: Vec<String> = std::env::args().collect();
    keysweep::git::probe(&a[1], a[2].parse().unwrap(), a[3].parse().unwrap());
}
