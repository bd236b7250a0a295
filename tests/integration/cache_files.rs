//! The files of a cache: whose they may be, what they hold, and that none of them can do harm.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::{same, settle};
use crate::support::keysweep::{JSON, command, finish, home, sweep};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A repository with keys, and a cache that knows it.
fn known(seed: u64) -> (Repo, PathBuf, Vec<Pair>) {
    let repo = Repo::new();
    let mut seed = Seed::new(seed);
    let pairs: Vec<Pair> = (0..3).map(|_| seed.plain_pair()).collect();
    repo.commit_file("k", pairs[0].ini());
    repo.commit_file("deep/er/k", pairs[1].line());
    repo.commit(&format!("Message\n\n{}", pairs[2].line()));
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    (repo, cache, pairs)
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn named(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut files = files(folder);
    files.retain(|path| {
        path.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(prefix)
    });
    files
}

#[test]
fn no_value_is_in_any_file_and_no_other_user_reads_them() {
    let (repo, cache, pairs) = known(720);
    let listed = files(&cache);
    assert!(listed.len() >= 3, "{listed:?}");
    for path in &listed {
        let bytes = std::fs::read(path).unwrap();
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
        for pair in &pairs {
            for value in [&pair.id, &pair.secret] {
                let numbers: Vec<String> = value.bytes().map(|b| b.to_string()).collect();
                let forms = [
                    value.as_bytes().to_vec(),
                    data_encoding::BASE64.encode(value.as_bytes()).into_bytes(),
                    data_encoding::HEXLOWER
                        .encode(value.as_bytes())
                        .into_bytes(),
                    numbers.join(",").into_bytes(),
                ];
                for form in forms {
                    let piece = &form[..form.len() / 2];
                    let is_in = bytes.windows(piece.len()).any(|window| window == piece);
                    assert!(!is_in, "{} holds a value", path.display());
                }
            }
        }
    }
    let mode = std::fs::metadata(&cache).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(
        files(repo.path())
            .iter()
            .all(|path| !path.ends_with("lock"))
    );
}

#[test]
fn a_torn_file_is_no_file() {
    let (repo, cache, _) = known(721);
    for prefix in ["record-", "ids-"] {
        let path = named(&cache, prefix).remove(0);
        let whole = std::fs::read(&path).unwrap();
        let mut torn: Vec<Vec<u8>> = [0, 1, 16, whole.len() / 2, whole.len() - 1]
            .map(|len| whole[..len].to_vec())
            .to_vec();
        let mut other = whole.clone();
        other[whole.len() / 2] ^= 1;
        torn.push(other);
        torn.push([&whole[..], b"x"].concat());
        for bytes in torn {
            std::fs::write(&path, &bytes).unwrap();
            let what = format!("{prefix} of {} bytes", bytes.len());
            same(repo.path(), &cache, &[], &what);
            settle(repo.path(), &cache);
        }
    }
}

#[test]
fn what_a_killed_writer_left_goes() {
    let (repo, cache, _) = known(722);
    let record = named(&cache, "record-").remove(0);
    let left = record.with_file_name("tmp-1-0");
    std::fs::write(&left, b"half").unwrap();
    let orphan = record.with_file_name(format!("ids-{}", "0".repeat(64)));
    std::fs::write(&orphan, b"half").unwrap();
    repo.commit_file("new", "new\n");
    same(repo.path(), &cache, &[], "after a kill");
    assert!(!left.exists() && !orphan.exists());
}

#[test]
fn many_sweeps_at_once_do_no_harm() {
    let (repo, cache, _) = known(723);
    for round in 0..3 {
        repo.commit_file("new", format!("round {round}\n"));
        let home = home();
        let mut running: Vec<_> = (0..5)
            .map(|_| {
                let mut sweep = command(Path::new("/"), home.path());
                sweep.args(["sweep", repo.path().to_str().unwrap(), "--cache-dir"]);
                sweep
                    .arg(&cache)
                    .args(JSON)
                    .stdout(std::process::Stdio::null());
                sweep.spawn().unwrap()
            })
            .collect();
        // One of them does not come to its end.
        running[0].kill().unwrap();
        for child in &mut running[1..] {
            assert_eq!(child.wait().unwrap().code(), Some(1));
        }
        running[0].wait().unwrap();
        same(repo.path(), &cache, &[], "after many at once");
    }
    settle(repo.path(), &cache);
}

#[test]
fn a_lock_that_is_held_costs_only_the_memory() {
    let (repo, cache, _) = known(724);
    let lock = std::fs::File::options()
        .write(true)
        .open(&named(&cache, "lock")[0])
        .unwrap();
    lock.lock().unwrap();
    repo.commit_file("new", "new\n");
    let args = ["-v", "--cache-dir", cache.to_str().unwrap()];
    let run = sweep(repo.path(), &args).expect_code(1);
    assert!(
        run.err().contains("another sweep is writing"),
        "{}",
        run.err()
    );
    let quiet = sweep(repo.path(), &args[1..]).expect_code(1);
    assert_eq!(quiet.err(), "");
    drop(lock);
    settle(repo.path(), &cache);
}

#[test]
fn suspicious_folders_are_refused_and_the_sweep_goes_on() {
    let (repo, cache, _) = known(725);
    let root = repo.root();
    let link = root.join("link");
    symlink(&cache, &link).unwrap();
    let open = root.join("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
    let fifo = root.join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let file = root.join("file");
    std::fs::write(&file, b"x").unwrap();
    let inside = repo.path().join("cache");
    let in_git = repo.git_path("cache");
    for (folder, why) in [
        (&link, "symbolic link"),
        (&open, "others may write"),
        (&fifo, "no folder"),
        (&file, "no folder"),
        (&inside, "in the repository"),
        (&in_git, "in the repository"),
    ] {
        let run = sweep(repo.path(), &["--cache-dir", folder.to_str().unwrap()]).expect_code(1);
        let err = run.err();
        assert!(
            err.starts_with("warning: the cache in") && err.contains(why),
            "{err}"
        );
        same(repo.path(), folder, &[], why);
    }
    assert!(!inside.exists() && !in_git.exists());
    assert_eq!(std::fs::read_dir(&open).unwrap().count(), 0);
}

#[test]
fn a_named_folder_of_no_use_is_warned_of_once_and_a_home_is_not() {
    let (repo, cache, _) = known(729);
    let file = repo.root().join("file");
    std::fs::write(&file, b"x").unwrap();
    let (below, nowhere) = (file.join("cache"), PathBuf::from("/proc/keysweep/cache"));
    // Nobody may make a file where a folder is, whoever they are.
    let locked = repo.root().join("locked");
    sweep(repo.path(), &["--cache-dir", locked.to_str().unwrap()]).expect_code(1);
    let lock = named(&locked, "lock").remove(0);
    for path in files(&locked) {
        std::fs::remove_file(path).unwrap();
    }
    std::fs::create_dir(lock).unwrap();
    for folder in [&below, &nowhere, &locked] {
        let folder = folder.to_str().unwrap();
        let args = ["--recurse-submodules", "--cache-dir", folder];
        let err = sweep(repo.path(), &args).expect_code(1).err();
        let named = err.starts_with(&format!("warning: the cache in \"{folder}\" is not used: "));
        assert!(
            named && err.contains("or leave it with --no-cache"),
            "{err}"
        );
        assert_eq!(err.matches("warning").count(), 1, "{err}");
    }
    same(repo.path(), &locked, &[], "locked");
    // One that can be read is of use.
    let lock = named(&cache, "lock").remove(0);
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(lock).unwrap();
    repo.commit_file("new", "new\n");
    let run = sweep(repo.path(), &["--cache-dir", cache.to_str().unwrap()]).expect_code(1);
    assert!(!run.err().contains("warning"), "{}", run.err());

    let home = home();
    let mut command = command(Path::new("/"), home.path());
    command.env("XDG_CACHE_HOME", &below);
    command.arg("sweep").arg(repo.path());
    let output = finish(command);
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!err.contains("warning"), "{err}");
}

#[test]
fn traps_in_the_place_of_files_are_not_followed() {
    let (repo, cache, _) = known(726);
    let outside = repo.root().join("outside");
    std::fs::write(&outside, b"mine").unwrap();
    for prefix in ["record-", "ids-", "lock"] {
        let path = named(&cache, prefix).remove(0);
        std::fs::remove_file(&path).unwrap();
        symlink(&outside, &path).unwrap();
        same(repo.path(), &cache, &[], prefix);
        std::fs::remove_file(&path).ok();
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        same(repo.path(), &cache, &[], prefix);
        std::fs::remove_file(&path).ok();
        settle(repo.path(), &cache);
    }
    assert_eq!(std::fs::read(&outside).unwrap(), b"mine");
}

#[test]
fn a_cache_that_cannot_be_written_is_read() {
    let (repo, cache, _) = known(727);
    let key = named(&cache, "lock")[0].parent().unwrap().to_owned();
    let set = |mode| {
        for folder in [&key, &cache] {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o500);
    assert!(same(repo.path(), &cache, &[], "read-only").cached > 0);
    repo.commit_file("new", "new\n");
    same(repo.path(), &cache, &[], "read-only, changed");
    set(0o700);
}

#[test]
fn without_a_home_nothing_is_remembered() {
    let (repo, _, _) = known(728);
    let home = home();
    let mut command = command(Path::new("/"), home.path());
    command.env_remove("HOME").env("XDG_CACHE_HOME", "relative");
    command.args(["sweep", "-v", repo.path().to_str().unwrap()]);
    let output = finish(command);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
    let off = sweep(repo.path(), &["--no-cache"]).expect_code(1);
    assert!(!off.home.path().join("cache").exists());
}
