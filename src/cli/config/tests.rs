//! Who may say what, and what wins.

use super::*;

const PRINT: &str = "ks1-00112233445566778899aabbccddeeff";

fn read(text: &str, side: Side) -> Result<Config, String> {
    Config::read(text.as_bytes(), "c.toml", side).map_err(|e| e.to_string())
}

fn parsed(line: &str, config: &str) -> Result<Args, String> {
    let home = tempfile::TempDir::new().unwrap();
    let folder = home.path().join("keysweep");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), config).unwrap();
    let line = line.split(' ').map(OsString::from);
    parse(line, Some(home.path())).unwrap().map_err(|failure| {
        let mut out = Vec::new();
        failure.print(&mut out);
        String::from_utf8(out).unwrap()
    })
}

#[test]
fn a_project_accepts_and_sets_its_gate() {
    let text = format!(
        "fail-on = \"pair\"\nmin-confidence = \"high\"\nstrict = true\ninline-allow = true\n\
         allow-incomplete = [\"shallow\"]\n\n[accept]\n\
         {PRINT} = {{ reason = \"test key\", owner = \"ann\", expires = \"never\" }}\n"
    );
    let config = read(&text, Side::Project).unwrap();
    assert_eq!(config.list.len(), 1);
    assert_eq!(config.list.source.name, "c.toml");
    let mut args = parsed("keysweep sweep", "").unwrap();
    config.apply(&mut args.general, &|_| false);
    let general = args.general;
    assert_eq!(general.fail_on, FailOn::Pair);
    assert_eq!(general.min_confidence, Confidence::High);
    assert!(general.strict && general.accepting.inline_allow);
    assert_eq!(general.allow_incomplete, [GapKind::Shallow]);
    assert_eq!(general.accepting.lists.len(), 1);
}

#[test]
fn a_project_sets_nothing_of_the_users() {
    for line in [
        "threads = 1",
        "max-time = \"1s\"",
        "baseline = [\"x\"]",
        "own-keys = true",
    ] {
        assert!(read(line, Side::User).is_ok(), "{line}");
        let error = read(line, Side::Project).unwrap_err();
        assert!(error.contains("user's own"), "{error}");
    }
}

#[test]
fn what_is_not_known_is_refused() {
    for wrong in [
        "fail_on = \"high\"",
        "paths = [\"tests/\"]",
        "fail-on = \"any\"",
        "min-confidence = \"some\"",
        "allow-incomplete = [\"all\"]",
        "threads = 0",
        "max-time = \"soon\"",
        "strict = 1",
        "accept = 3",
        "[accept]\nks1-00 = { reason = \"r\", owner = \"o\", expires = \"never\" }",
        "[accept]\nks1-00112233445566778899aabbccddeeff = { reason = \"r\", owner = \"o\" }",
        "[accept.x",
        "\u{feff}\0",
    ] {
        assert!(read(wrong, Side::User).is_err(), "{wrong}");
    }
}

#[test]
fn flags_win_over_configuration_wherever_they_stand() {
    let config = "fail-on = \"low\"\nthreads = 3\nmax-time = \"5m\"\nown-keys = true\n";
    let general = parsed("keysweep sweep", config).unwrap().general;
    assert_eq!((general.fail_on, general.threads), (FailOn::Low, Some(3)));
    assert_eq!(general.max_time.map(|t| t.as_secs()), Some(300));
    assert!(general.accepting.gates_seek.own_keys);
    for line in [
        "keysweep --fail-on pair -j 2 sweep",
        "keysweep sweep --fail-on pair -j 2",
    ] {
        let general = parsed(line, config).unwrap().general;
        assert_eq!(
            (general.fail_on, general.threads),
            (FailOn::Pair, Some(2)),
            "{line}"
        );
    }
    let general = parsed("keysweep sweep --no-config", config)
        .unwrap()
        .general;
    assert_eq!(general.fail_on, FailOn::High);
}

#[test]
fn a_named_configuration_must_be_there_and_the_users_own_need_not() {
    let line = || "keysweep sweep".split(' ').map(OsString::from);
    let nowhere = Path::new("/nonexistent");
    assert!(parse(line(), Some(nowhere)).unwrap().is_ok());
    assert!(parse(line(), None).unwrap().is_ok());
    let named = line().chain(["--config", "/nonexistent/c.toml"].map(OsString::from));
    assert!(parse(named, None).unwrap().is_err());
    let error = parsed("keysweep sweep", "no-such-key = 1").unwrap_err();
    assert!(
        error.contains("cannot be used") && error.contains("no-such-key"),
        "{error}"
    );
}

#[test]
fn the_folder_is_the_users() {
    let of = |xdg: Option<&str>, user: Option<&str>| {
        home(|name| match name {
            "XDG_CONFIG_HOME" => xdg.map(OsString::from),
            "HOME" => user.map(OsString::from),
            _ => None,
        })
    };
    assert_eq!(of(Some("/x"), Some("/h")), Some(PathBuf::from("/x")));
    assert_eq!(of(Some("x"), None), None);
    #[cfg(unix)]
    assert_eq!(of(Some("x"), Some("/h")), Some(PathBuf::from("/h/.config")));
}
