//! Programs that tests install for themselves into `target/`, once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is installed, all from PyPI.
const PACKAGES: [&str; 3] = ["pre-commit==4.7.0", "prek==0.5.11", "lefthook==2.2.2"];

/// A folder with the hook frameworks' programs. The first test that asks installs them; others wait.
pub(crate) fn frameworks() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("test-tools");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let wanted = PACKAGES.join("\n");
    let done = folder.join("done");
    let programs = folder.join("venv/bin");
    if std::fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        return programs;
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(folder.join("venv")));
    let mut pip = Command::new(programs.join("python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    run(pip.args(PACKAGES));
    std::fs::write(&done, wanted).unwrap();
    programs
}

fn run(command: &mut Command) {
    let output = command.output();
    let output =
        output.unwrap_or_else(|e| panic!("{command:?}: {e}; tests need Python 3 with venv"));
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
