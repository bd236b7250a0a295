//! What a cache remembers of values that many objects hold: one of these objects is read again, and
//! the report is the same.

use std::path::Path;

use crate::cache::{come_to_rest, same, settle};
use crate::cache_files::files;
use crate::support::incident::files::gzip;
use crate::support::keysweep::sweep_json;
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// What the files of a test hold, again and again.
struct Values {
    pairs: [Pair; 3],
    /// A secret that says itself that it is none, and that nobody published.
    placeholder: String,
}

impl Values {
    fn new(seed: &mut Seed) -> Values {
        let secret = seed.secret();
        Values {
            pairs: [seed.pair(), seed.pair(), seed.pair()],
            placeholder: format!("aws_secret_access_key = {}EXAMPLEKEY\n", &secret[..30]),
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .flat_map(|pair| [pair.id.as_str(), pair.secret.as_str()])
    }
}

/// A file that changes at its end, and holds this.
fn version(seed: &mut Seed, held: &str) -> String {
    let prose = String::from_utf8_lossy(&seed.prose(30)).into_owned();
    format!("{held}\n# {prose}\n")
}

/// Six versions with one pair, three with another, four with a placeholder.
fn repeated(seed: &mut Seed, values: &Values) -> Repo {
    let repo = Repo::new();
    let mut commit = |path: &str, held: &str| {
        repo.commit_file(path, version(seed, held));
        repo.tick();
    };
    for _ in 0..6 {
        commit("deploy/first", &values.pairs[0].ini());
    }
    for n in 0..3 {
        commit(&format!("deploy/{n}"), &values.pairs[1].line());
    }
    for _ in 0..4 {
        commit("doc/page", &values.placeholder);
    }
    repo.pack_all();
    repo
}

#[track_caller]
fn assert_unnamed(cache: &Path, values: &Values) {
    for path in files(cache) {
        let bytes = std::fs::read(path).unwrap();
        for value in values.all() {
            let is_named = bytes.windows(value.len()).any(|w| w == value.as_bytes());
            assert!(!is_named, "a value lies in the cache");
        }
    }
}

#[test]
fn of_objects_with_the_same_values_one_is_read_again() {
    let mut seed = Seed::new(800);
    let values = Values::new(&mut seed);
    let repo = repeated(&mut seed, &values);
    let cache = repo.root().join("cache");
    let first = same(repo.path(), &cache, &[], "first");
    let settled = settle(repo.path(), &cache);
    assert_eq!((settled.read, settled.cached), (3, first.read - 3));
    assert_unnamed(&cache, &values);
    for what in ["more", "more again"] {
        same(repo.path(), &cache, &["--show-suppressed"], what);
    }
    assert_eq!(
        same(repo.path(), &cache, &["--show-suppressed"], "all").read,
        3
    );
    assert_unnamed(&cache, &values);
    // Of a grown history whatever holds a key is read, and one object with a placeholder.
    settle(repo.path(), &cache);
    let held = version(&mut seed, &(values.pairs[0].ini() + &values.placeholder));
    repo.commit_file("deploy/second", held);
    come_to_rest(repo.path());
    let grown = same(repo.path(), &cache, &[], "one more");
    assert!(grown.read <= 6 + 3 + 1 + 5, "{grown:?}");
    let settled = settle(repo.path(), &cache);
    assert!(settled.read <= 3, "{settled:?}");
    repo.pack_all();
    same(repo.path(), &cache, &[], "packed anew");
    assert!(settle(repo.path(), &cache).read <= 3);
}

#[test]
fn loose_objects_are_left_out_as_well() {
    let mut seed = Seed::new(801);
    let values = Values::new(&mut seed);
    let repo = Repo::new();
    for _ in 0..4 {
        repo.commit_file("key", version(&mut seed, &values.pairs[0].ini()));
        repo.tick();
    }
    let cache = repo.root().join("cache");
    assert_eq!(settle(repo.path(), &cache).read, 1);
}

#[test]
fn comments_in_objects_that_are_left_out_count() {
    let mut seed = Seed::new(802);
    let values = Values::new(&mut seed);
    let repo = Repo::new();
    let tagged = values.pairs[0].line() + " # keysweep:allow";
    for _ in 0..4 {
        repo.commit_file("key", version(&mut seed, &tagged));
        repo.tick();
    }
    repo.pack_all();
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    let args = ["--inline-allow"];
    let accepted = same(repo.path(), &cache, &args, "all have a comment");
    assert_eq!(accepted.read, 1);
    repo.commit_file("key", version(&mut seed, &values.pairs[0].line()));
    settle(repo.path(), &cache);
    same(repo.path(), &cache, &args, "one has none");
}

#[test]
fn repeats_count_against_the_bound_on_hits() {
    let mut seed = Seed::new(803);
    let values = Values::new(&mut seed);
    let repo = repeated(&mut seed, &values);
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    for max in ["1", "3", "8", "17", "18", "19", "100"] {
        same(repo.path(), &cache, &["--max-hits", max], max);
    }
}

#[test]
fn an_object_whose_value_others_were_told_by_may_go() {
    let mut seed = Seed::new(804);
    let values = Values::new(&mut seed);
    // Whichever was chosen goes in one of these turns.
    for turn in 0..3 {
        let repo = Repo::new();
        repo.commit_file("plain", "plain\n");
        for n in 0..3 {
            let branch = format!("b{n}");
            repo.git(&["checkout", "-q", "-b", &branch, "main"]);
            let held = values.pairs[0].ini() + &values.placeholder;
            repo.commit_file("key", version(&mut seed, &held));
            repo.tick();
            repo.commit_file("page", version(&mut seed, &values.placeholder));
        }
        repo.git(&["checkout", "-q", "main"]);
        let cache = repo.root().join("cache");
        settle(repo.path(), &cache);
        repo.git(&["branch", "-q", "-D", &format!("b{turn}")]);
        repo.git(&["reflog", "expire", "--all", "--expire=now"]);
        repo.git(&["gc", "-q", "--prune=now"]);
        let counts = same(repo.path(), &cache, &[], "gone");
        assert!(counts.cached > 0, "{counts:?}");
        settle(repo.path(), &cache);
    }
}

#[test]
fn a_bound_on_hits_never_drops_any_silently_now_or_later() {
    let mut seed = Seed::new(806);
    let values = Values::new(&mut seed);
    let repo = repeated(&mut seed, &values);
    // The label says three times what the value is.
    let pair = seed.pair();
    let label = "aws access key id access_key_id accessKeyId";
    let line = format!(
        "{label} = {}\naws_secret_access_key = {}\n",
        pair.id, pair.secret
    );
    repo.commit_file("labels", line.clone() + &values.pairs[2].line());
    repo.commit_file("labels", values.placeholder.repeat(3) + &line);
    let listed = |args: &[&str]| {
        let (_, report) = sweep_json(repo.path(), args);
        let count = |finding: &serde_json::Value| finding["occurrence_count"].as_u64().unwrap();
        let report = &report.0;
        let found = report["findings"].as_array().unwrap();
        (
            found.iter().map(count).sum::<u64>(),
            report["complete"] == true,
        )
    };
    let (all, complete) = listed(&["--no-cache"]);
    assert!(complete);
    for max in 1..=all + 8 {
        let max = max.to_string();
        for threads in ["1", "2"] {
            let args = ["--no-cache", "--max-hits", &max, "-j", threads];
            let (some, complete) = listed(&args);
            assert!(some == all || !complete, "{some} of {all} with {max}");
        }
        // What such a sweep leaves says nothing wrong to the next one.
        let cache = repo.root().join("cache");
        let args = ["--max-hits", &max, "--cache-dir", cache.to_str().unwrap()];
        listed(&args);
        come_to_rest(repo.path());
        listed(&args);
        same(repo.path(), &cache, &[], &max);
        same(repo.path(), &cache, &["--strict"], &max);
        repo.commit_file("more", version(&mut seed, &max));
        listed(&args);
        same(repo.path(), &cache, &[], &max);
    }
}

/// One of the things that happen to a repository.
fn happen(repo: &Repo, seed: &mut Seed, values: &Values) -> String {
    let file = format!("f{}/{}", seed.below(2), seed.below(3));
    let git = |args: &[&str]| drop(repo.attempt(args, b""));
    let step = seed.below(11);
    repo.tick();
    let pair = seed.pick(&values.pairs).clone();
    let mut commit = |held: &str| drop(repo.commit_file(&file, version(seed, held)));
    match step {
        0 | 1 => commit(&pair.ini()),
        2 => commit(&pair.line()),
        3 => commit(&values.placeholder),
        4 => commit(&(pair.ini() + &values.placeholder)),
        5 => commit(&format!("aws_access_key_id = {}\n", pair.id)),
        6 => commit(&format!("aws_secret_access_key = {}\n", pair.secret)),
        7 => git(&["repack", "-q", "-ad"]),
        8 => git(&["gc", "-q", "--prune=now"]),
        9 => {
            git(&["reset", "-q", "--hard", "HEAD~2"]);
            git(&["reflog", "expire", "--all", "--expire=now"]);
        }
        _ => git(&["mv", "f0", &format!("moved{}", seed.below(100))]),
    }
    format!("step {step}")
}

#[test]
fn whatever_happens_to_repeats_the_report_is_the_same() {
    for number in 0..3 {
        let mut seed = Seed::new(810 + number);
        let values = Values::new(&mut seed);
        let repo = repeated(&mut seed, &values);
        let cache = repo.root().join("cache");
        for turn in 0..14 {
            let what = happen(&repo, &mut seed, &values);
            let what = format!("seed {number}, turn {turn}: {what}");
            come_to_rest(repo.path());
            let args: &[&str] = match seed.below(6) {
                0 => &["--show-suppressed"],
                1 => &["--max-hits", "12"],
                _ => &[],
            };
            same(repo.path(), &cache, args, &what);
            if seed.chance(40) {
                same(repo.path(), &cache, args, &format!("{what}, again"));
            }
        }
    }
}

/// The first half of a compressed file.
fn cut_gzip(seed: &mut Seed) -> Vec<u8> {
    let mut packed = gzip(&seed.prose(4000));
    packed.truncate(packed.len() / 2);
    packed
}

#[test]
fn objects_at_a_limit_are_not_read_again() {
    let mut seed = Seed::new(805);
    let values = Values::new(&mut seed);
    let repo = Repo::new();
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n",
        "4d".repeat(32)
    );
    repo.commit_file("big", pointer);
    repo.commit_file("cut.gz", cut_gzip(&mut seed));
    let cache = repo.root().join("cache");
    let settled = settle(repo.path(), &cache);
    assert_eq!(settled.read, 0, "{settled:?}");
    same(repo.path(), &cache, &["--strict"], "strict");
    repo.commit_file("key", version(&mut seed, &values.pairs[0].ini()));
    let settled = settle(repo.path(), &cache);
    assert_eq!(settled.read, 1, "{settled:?}");
    // With so few hits kept, not everything is looked into.
    same(repo.path(), &cache, &["--max-hits", "1"], "few hits");
    repo.pack_all();
    same(repo.path(), &cache, &[], "packed");
    assert_eq!(settle(repo.path(), &cache).read, 1);
}
