//! Files that appear whole or not at all, on a real file system.
#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;
use crate::report::fixture;

fn arg(format: Format, path: &Path) -> OutputArg {
    OutputArg {
        format,
        path: path.to_owned(),
    }
}

fn message(failure: &Failure) -> String {
    let mut out = Vec::new();
    failure.print(&mut out);
    String::from_utf8(out).unwrap()
}

fn refused(path: &Path) -> String {
    let failure = match prepare(&[arg(Format::Json, path)], false) {
        Ok(mut prepared) => prepared.lost.remove(0),
        Err(failure) => failure,
    };
    assert_eq!(failure.exit_code, 2);
    message(&failure)
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn several_reports_are_written_and_only_the_owner_can_read_them() {
    let folder = tempfile::tempdir().unwrap();
    let (json, human) = (folder.path().join("a.json"), folder.path().join("b.txt"));
    fs::write(&human, "old").unwrap();
    fs::set_permissions(&human, fs::Permissions::from_mode(0o644)).unwrap();
    let outputs = [arg(Format::Json, &json), arg(Format::Human, &human)];
    let destinations = prepare(&outputs, false).unwrap().files;
    assert_eq!(
        names_in(folder.path()),
        ["b.txt"],
        "preparing writes nothing"
    );

    let report = fixture::pushed_pair();
    let options = Options {
        colour: true,
        ..Options::default()
    };
    let mut err = Vec::new();
    let ending = Ending::default();
    let written = write_files(&destinations, &report, &options, &ending, &mut err);
    assert_eq!((written, err.as_slice()), (Written::Yes, &b""[..]));
    assert_eq!(names_in(folder.path()), ["a.json", "b.txt"]);
    for path in [&json, &human] {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let text = fs::read_to_string(&human).unwrap();
    assert!(
        text.starts_with("swept: ") && !text.contains('\x1b'),
        "no colour in files"
    );
    serde_json::from_slice::<serde_json::Value>(&fs::read(&json).unwrap()).unwrap();
}

#[test]
fn a_report_that_fails_half_way_leaves_the_old_one_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    fs::write(&path, "old").unwrap();
    let error = write_whole(&path, &Ending::default(), |out| {
        out.write_all("x".repeat(200_000).as_bytes())?;
        Err(io::ErrorKind::StorageFull.into())
    });
    assert_eq!(error.unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names_in(folder.path()), ["r.json"]);
}

#[test]
fn a_file_that_cannot_be_put_in_place_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let destinations = prepare(&[arg(Format::Json, &path)], false).unwrap().files;
    // Between the check and the report somebody makes a folder of that name.
    fs::create_dir(&path).unwrap();
    let mut err = Vec::new();
    let (report, options) = (fixture::empty(), Options::default());
    let ending = Ending::default();
    let written = write_files(&destinations, &report, &options, &ending, &mut err);
    assert_eq!(written, Written::Failed);
    let err = String::from_utf8(err).unwrap();
    assert!(
        err.starts_with("error: could not write the report to `"),
        "{err}"
    );
    assert!(err.contains("r.json") && err.contains("\nhint: "), "{err}");
    assert_eq!(
        names_in(folder.path()),
        ["r.json"],
        "no temporary file is left"
    );
}

#[test]
fn devices_are_written_to_and_not_replaced() {
    let mut err = Vec::new();
    let (report, options) = (fixture::empty(), Options::default());
    let ending = Ending::default();
    let null = prepare(&[arg(Format::Json, Path::new("/dev/null"))], false)
        .unwrap()
        .files;
    assert!(null[0].special);
    let written = write_files(&null, &report, &options, &ending, &mut err);
    assert_eq!(written, Written::Yes);
    if Path::new("/dev/full").exists() {
        let full = prepare(&[arg(Format::Json, Path::new("/dev/full"))], false)
            .unwrap()
            .files;
        let written = write_files(&full, &report, &options, &ending, &mut err);
        assert_eq!(written, Written::Failed);
    }
    assert!(prepare(&[arg(Format::Json, Path::new("/dev/null"))], true).is_err());
}

#[test]
#[cfg(target_os = "linux")]
fn a_descriptor_that_is_not_open_is_told_of_at_once() {
    let prepared = prepare(&[arg(Format::Json, Path::new("/dev/fd/987654"))], false).unwrap();
    assert!(prepared.files.is_empty());
    assert_eq!(prepared.lost.len(), 1);
}

#[test]
fn what_a_link_points_to_is_replaced_and_the_link_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (
        folder.path().join("real.json"),
        folder.path().join("link.json"),
    );
    fs::write(&real, "old").unwrap();
    symlink(&real, &link).unwrap();
    let destinations = prepare(&[arg(Format::Json, &link)], false).unwrap().files;
    let (report, options) = (fixture::empty(), Options::default());
    let ending = Ending::default();
    write_files(&destinations, &report, &options, &ending, &mut Vec::new());
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().starts_with('{'));

    let broken = folder.path().join("broken.json");
    symlink(folder.path().join("nowhere"), &broken).unwrap();
    assert!(refused(&broken).contains("could not follow"));
}

#[test]
fn paths_that_cannot_work_are_refused_before_the_sweep() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(folder.path()).contains("is a folder"));
    let error = refused(&folder.path().join("none/r.json"));
    assert!(error.contains("could not open the folder") && error.contains("none"));
    fs::write(folder.path().join("file"), "").unwrap();
    assert!(refused(&folder.path().join("file/r.json")).contains("file"));
    let path = folder.path().join("r.json");
    let twice = [arg(Format::Json, &path), arg(Format::Human, &path)];
    let error = message(&prepare(&twice, false).unwrap_err());
    assert!(error.contains("two reports"), "{error}");
}

#[test]
fn nothing_is_written_inside_a_git_directory() {
    let folder = tempfile::tempdir().unwrap();
    let git = folder.path().join(".git");
    for part in ["objects/pack", "refs", "worktrees/x"] {
        fs::create_dir_all(git.join(part)).unwrap();
    }
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    for part in ["r.json", "objects/pack/r.json", "worktrees/x/r.json"] {
        assert!(
            refused(&git.join(part)).contains("inside a git directory"),
            "{part}"
        );
    }
    symlink(git.join("objects"), folder.path().join("door")).unwrap();
    let error = refused(&folder.path().join("door/r.json"));
    assert!(error.contains("inside a git directory"), "{error}");
    let outside = prepare(&[arg(Format::Json, &folder.path().join("r.json"))], false);
    assert_eq!(outside.unwrap().files.len(), 1);
}
