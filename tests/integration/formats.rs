//! Formats for dashboards and CI systems, from real sweeps.

use keysweep::report::Format;
use serde_json::Value;

use crate::support::keysweep::{finish, home, run_in, sweep};
use crate::support::repo::Repo;
use crate::support::schema::violations;
use crate::support::seed::Seed;

/// Formats that say the same in a file as on stdout; text for people is as wide as its reader.
fn for_machines() -> impl Iterator<Item = &'static str> {
    let for_people = |format: &Format| matches!(format, Format::Human | Format::Exposure);
    let formats = Format::ALL.into_iter();
    formats
        .filter(move |format| !for_people(format))
        .map(Format::name)
}

/// A key that was added, pushed and removed, one in a message, and a hostile name.
fn repo() -> Repo {
    let (repo, mut seed) = (Repo::new(), Seed::new(950));
    repo.commit_file("config/prod.env", seed.pair().ini());
    std::fs::remove_file(repo.path().join("config/prod.env")).unwrap();
    repo.commit(&format!("Remove it, see {}", seed.pair().id));
    repo.commit_file("<img src=x>,;`|\".txt", seed.pair().ini());
    repo
}

fn schema(name: &str) -> Value {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/schemas");
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn each_is_written_at_once_into_files_and_to_stdout_alike() {
    let repo = repo();
    let folder = tempfile::TempDir::new().unwrap();
    let outputs: Vec<String> = for_machines()
        .map(|name| format!("{name}={}", folder.path().join(name).display()))
        .collect();
    let mut args = vec!["--no-timings", "-q"];
    for output in &outputs {
        args.extend(["-o", output]);
    }
    sweep(repo.path(), &args).expect_code(1);
    for name in for_machines() {
        let file = std::fs::read(folder.path().join(name)).unwrap();
        let run = sweep(repo.path(), &["--no-timings", "-f", name, "-j", "3"]).expect_code(1);
        assert_eq!(run.stdout, file, "{name}");
    }
}

#[test]
fn schemas_hold_for_real_sweeps() {
    let repo = repo();
    let clean = Repo::new();
    clean.commit_file("a", "nothing\n");
    let broken = Repo::new();
    broken.commit_file("a", "nothing\n");
    std::fs::remove_file(broken.loose(&broken.id("HEAD:a"))).unwrap();
    for (format, schema) in [
        ("sarif", schema("sarif-2.1.0.json")),
        ("gitlab", schema("gitlab-secret-detection.json")),
    ] {
        for repo in [&repo, &clean, &broken] {
            for more in [
                &[][..],
                &["--no-timings"],
                &["--show-suppressed"],
                &["--worktree"],
            ] {
                let run = sweep(repo.path(), &[&["-f", format], more].concat());
                let document: Value = serde_json::from_slice(&run.stdout).unwrap();
                assert_eq!(violations(&schema, &document), [""; 0], "{format} {more:?}");
            }
        }
    }
    let successful = |repo: &Repo| {
        let run = sweep(repo.path(), &["-f", "sarif"]);
        let sarif: Value = serde_json::from_slice(&run.stdout).unwrap();
        sarif["runs"][0]["invocations"][0]["executionSuccessful"].clone()
    };
    assert_eq!(
        (successful(&clean), successful(&broken)),
        (true.into(), false.into())
    );
}

#[test]
fn file_names_tell_the_format() {
    let repo = repo();
    let folder = tempfile::TempDir::new().unwrap();
    for (name, start) in [
        ("r.sarif", "{"),
        ("gl-secret-detection-report.json", "{\n  \"scan\""),
        ("r.xml", "<?xml"),
        ("r.csv", "\"fingerprint\""),
        ("r.html", "<!DOCTYPE html>"),
        ("r.md", "## "),
    ] {
        let path = folder.path().join(name);
        sweep(repo.path(), &["-q", "-o", path.to_str().unwrap()]).expect_code(1);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with(start), "{name}: {}", &text[..20]);
    }
    let run = run_in(
        repo.path(),
        &["explain", "AKIAIOSFODNN7EXAMPLE", "-f", "sarif"],
    );
    assert!(run.expect_code(2).err().contains("no format `sarif`"));
}

/// What a shell would make of this, with the name of the binary in `$0` and of the repository in `$1`.
#[cfg(target_os = "linux")]
fn in_shell(repo: &Repo, script: &str) -> (Option<i32>, String) {
    let home = home();
    let mut shell = std::process::Command::new("/bin/sh");
    shell
        .args(["-c", script, env!("CARGO_BIN_EXE_keysweep")])
        .arg(repo.path())
        .env("HOME", home.path())
        .current_dir(home.path());
    let output = finish(shell);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn names_of_open_descriptors_are_written_to_directly() {
    let repo = repo();
    let sweep = r#""$0" sweep --no-cache "$1""#;
    let whole = |text: &str| {
        let report = text
            .strip_prefix("before\n")
            .expect("what stood there stays");
        let mut values = serde_json::Deserializer::from_str(report).into_iter::<Value>();
        values.next().unwrap().unwrap()["schema"].clone()
    };
    for (script, what) in [
        (
            "SWEEP -o json=/dev/stdout | { echo before; cat; }",
            "a pipe",
        ),
        (
            "{ echo before; SWEEP -o json=/dev/stdout -f ndjson; } > out; cat out",
            "a file",
        ),
        (
            "echo before > out; SWEEP -o json=/dev/stdout >> out; cat out",
            "the end of a file",
        ),
        (
            "echo before > out; SWEEP -o json=/dev/fd/7 7>> out > /dev/null; cat out",
            "another",
        ),
        (
            "echo before; { SWEEP -o json=/dev/fd/7 7>&1 > /dev/null; } | cat",
            "another that is a pipe",
        ),
        (
            "{ echo before; SWEEP -o json=/dev/stderr > /dev/null; } 2>&1",
            "stderr",
        ),
    ] {
        let (code, text) = in_shell(&repo, &script.replace("SWEEP", sweep));
        assert!(code == Some(0) || code == Some(1), "{what}: {text}");
        assert!(!text.contains("error:"), "{what}: {text}");
        assert_eq!(whole(&text), "keysweep/1", "{what}");
    }
}
