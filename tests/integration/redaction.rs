//! No secret gets out: not in a report, a message or a file, in no format, in no encoding.

use std::path::Path;

use keysweep::report::Format;

use crate::support::keysweep::{Run, run_in, sweep};
use crate::support::repo::{Repo, edit, overwrite};
use crate::support::seed::{Pair, Seed};

/// All formats there are: a new one is looked at by itself.
const FORMATS: [Format; 13] = Format::ALL;

/// A repository with secrets in contents, names, messages and identities.
struct Fixture {
    repo: Repo,
    pairs: Vec<Pair>,
}

impl Fixture {
    fn new() -> Fixture {
        let repo = Repo::new();
        let mut seed = Seed::new(120);
        let pairs: Vec<Pair> = (0..7).map(|_| seed.plain_pair()).collect();
        repo.commit_file("k", pairs[0].ini());
        repo.write(&pairs[1].name(), pairs[0].ini());
        repo.write(&format!("{}/file", pairs[2].name()), pairs[2].line());
        repo.commit(&format!("Message\n\n{}", pairs[3].line()));
        repo.git(&["branch", &pairs[4].name()]);
        let commit = String::from_utf8(repo.content("HEAD")).unwrap();
        let id = repo.object(
            "commit",
            commit.replace("A U Thor", &pairs[5].line()).as_bytes(),
        );
        repo.git(&["update-ref", "refs/heads/author", &id]);
        // A secret without a label or an ID beside it, in a file of another's name.
        repo.commit_file(
            "misc",
            format!("{}\n{}\n", pairs[6].secret, pairs[0].line()),
        );
        Fixture { repo, pairs }
    }

    #[track_caller]
    fn assert_silent(&self, what: &str, output: &[u8]) {
        for pair in &self.pairs {
            if let Some(form) = leak(output, pair.secret.as_bytes()) {
                panic!("{what} holds a piece of a secret ({form})");
            }
        }
    }

    #[track_caller]
    fn assert_run_silent(&self, what: &str, run: &Run) {
        self.assert_silent(&format!("{what}: stdout"), &run.stdout);
        self.assert_silent(&format!("{what}: stderr"), &run.stderr);
        for file in files_below(run.home.path()) {
            self.assert_silent(
                &format!("{what}: {}", file.display()),
                &std::fs::read(&file).unwrap(),
            );
        }
        let left = std::fs::read_dir(run.home.path().join("tmp"))
            .unwrap()
            .count();
        assert_eq!(left, 0, "{what}: temporary files are left");
    }
}

/// The form in which `output` holds 12 characters in a row of the secret, if it does.
fn leak(output: &[u8], secret: &[u8]) -> Option<&'static str> {
    let mut reversed = secret.to_vec();
    reversed.reverse();
    let hex = data_encoding::HEXLOWER.encode(secret);
    let mut forms = vec![
        ("raw", secret.to_vec(), 12),
        ("reversed", reversed, 12),
        ("upper hex", hex.to_uppercase().into_bytes(), 24),
        ("hex", hex.into_bytes(), 24),
    ];
    for skip in 0..3 {
        // Whatever stood before it in the text, one of the three alignments fits.
        let end = skip + (secret.len() - skip) / 3 * 3;
        let text = data_encoding::BASE64.encode(&secret[skip..end]);
        forms.push(("base64", text.into_bytes(), 16));
    }
    let has = |form: &[u8], window: usize| {
        form.windows(window)
            .any(|piece| output.windows(window).any(|at| at == piece))
    };
    forms
        .into_iter()
        .find(|(_, form, window)| has(form, *window))
        .map(|(name, _, _)| name)
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn the_leak_test_finds_leaks() {
    let secret = Seed::new(121).plain_secret();
    let other = Seed::new(122).plain_secret();
    let reversed: String = secret.chars().rev().collect();
    let encoded = data_encoding::BASE64.encode(format!("x={secret}").as_bytes());
    let hex = data_encoding::HEXUPPER.encode(secret.as_bytes());
    let piece = format!("…{}…", &secret[20..32]);
    for leaky in [&secret, &reversed, &encoded, &hex, &piece] {
        assert!(leak(leaky.as_bytes(), secret.as_bytes()).is_some());
    }
    assert_eq!(leak(other.as_bytes(), secret.as_bytes()), None);
}

#[test]
fn every_format_and_level() {
    let fixture = Fixture::new();
    for format in FORMATS.map(Format::name) {
        // Only the format for people says more or less.
        let levels: &[&[&str]] = match format {
            "human" => &[&[], &["-q"], &["-v"], &["--show-suppressed"]],
            _ => &[&["--show-suppressed"]],
        };
        for level in levels {
            let args = [&["--format", format, "--min-confidence", "low"], *level].concat();
            let run = sweep(fixture.repo.path(), &args).expect_code(1);
            fixture.assert_run_silent(&format!("{args:?}"), &run);
        }
    }
}

#[test]
fn report_files() {
    let fixture = Fixture::new();
    let folder = tempfile::TempDir::new().unwrap();
    let outputs: Vec<String> = FORMATS
        .map(Format::name)
        .map(|format| format!("{format}={}", folder.path().join(format).display()))
        .to_vec();
    let mut args = Vec::new();
    for output in &outputs {
        args.extend(["-o", output]);
    }
    let run = sweep(fixture.repo.path(), &args).expect_code(1);
    fixture.assert_run_silent("files", &run);
    let files = files_below(folder.path());
    assert_eq!(
        files.len(),
        FORMATS.len(),
        "the reports and nothing else: {files:?}"
    );
    for file in files {
        fixture.assert_silent(
            &format!("{}", file.display()),
            &std::fs::read(&file).unwrap(),
        );
    }
}

#[test]
fn failures() {
    let fixture = Fixture::new();
    let path = fixture.repo.path().to_owned();
    let secret_folder = path.join(fixture.pairs[2].name());
    let lost = format!("json=/nonexistent/{}", "report.json");
    for args in [
        &["--refs", "no-such-ref"][..],
        &["-o", lost.as_str(), "-v"],
        &["--fail-on", "nothing"],
        &["--max-time", "1s", "-v"],
    ] {
        fixture.assert_run_silent(&format!("{args:?}"), &sweep(&path, args));
    }
    fixture.assert_run_silent("PATH within", &run_in(&secret_folder, &["sweep", "-v"]));
    // Damage: objects whose names and contents hold secrets become gaps.
    let blob = fixture.repo.id("HEAD:k");
    edit(&fixture.repo.loose(&blob), |file| {
        file.truncate(file.len() / 2);
    });
    let tree = fixture
        .repo
        .id(&format!("HEAD:{}", fixture.pairs[2].name()));
    overwrite(&fixture.repo.loose(&tree), b"rubbish");
    std::fs::write(
        fixture
            .repo
            .git_path(&format!("refs/heads/{}", fixture.pairs[4].name())),
        "x",
    )
    .unwrap();
    for format in ["human", "json", "ndjson"] {
        let run = sweep(&path, &["--format", format, "-v"]).expect_code(1);
        fixture.assert_run_silent(&format!("damaged, {format}"), &run);
    }
}

#[test]
fn reveal_goes_to_a_file_and_never_into_a_pipe() {
    let fixture = Fixture::new();
    let run = sweep(fixture.repo.path(), &["--reveal", "--format", "json"]);
    fixture.assert_run_silent("--reveal into a pipe", &run);
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("report.json");
    let output = format!("json={}", file.display());
    let run = sweep(fixture.repo.path(), &["--reveal", "-o", &output]).expect_code(1);
    fixture.assert_run_silent("--reveal beside a file", &run);
    let report = std::fs::read_to_string(&file).unwrap();
    assert!(
        report.contains(&fixture.pairs[0].secret),
        "asked for, and to a file"
    );
}

#[test]
fn names_in_a_work_tree() {
    let repo = Repo::new();
    let pair = Seed::new(130).plain_pair();
    repo.write(&format!("{}/{}.txt", "d", pair.name()), "clean\n");
    for format in ["human", "json"] {
        let run = sweep(repo.path(), &["--worktree", "--format", format]).expect_code(1);
        assert!(run.out().contains(&pair.id), "the ID in the name is found");
        assert_eq!(leak(&run.stdout, pair.secret.as_bytes()), None);
    }
}
