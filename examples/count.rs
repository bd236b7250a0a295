fn main() {
    keysweep::git::probe(
        &std::env::args().nth(1).unwrap(),
        std::env::args().nth(2).unwrap().parse().unwrap(),
    );
}
