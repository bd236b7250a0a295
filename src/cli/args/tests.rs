//! What is typed, and what is refused.

use clap::CommandFactory as _;

use super::*;

fn parse(line: &str) -> Result<Args, clap::Error> {
    Args::try_parse_from(line.split_whitespace())
}

fn sweep(line: &str) -> Sweep {
    match parse(line).unwrap().command {
        Command::Sweep(sweep) => sweep,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definition_is_sound() {
    Args::command().debug_assert();
}

#[test]
fn defaults_are_those_of_the_contract() {
    let args = parse("keysweep sweep").unwrap();
    let general = &args.general;
    assert_eq!(general.format, Format::Human);
    assert_eq!(general.min_confidence, Confidence::Medium);
    assert_eq!(general.fail_on, FailOn::High);
    assert_eq!((general.exit_code, general.max_hits), (1, 100_000));
    assert_eq!(general.color, Colour::Auto);
    assert!(!general.reveal && !general.strict && !general.quiet);
    assert_eq!(sweep("keysweep sweep").path, None);
}

#[test]
fn general_flags_stand_before_or_after_the_command() {
    for line in [
        "keysweep -j 3 --strict -o json=a -o b.ndjson scan repo --allow-incomplete shallow,time",
        "keysweep sweep --allow-incomplete=shallow --allow-incomplete time repo \
         -o json=a -j3 --strict -o b.ndjson",
    ] {
        let args = parse(line).unwrap();
        assert_eq!(args.general.threads, Some(3), "{line}");
        assert!(args.general.strict);
        let kinds = [GapKind::Shallow, GapKind::Time];
        assert_eq!(args.general.allow_incomplete, kinds);
        assert_eq!(args.general.output.len(), 2);
        assert_eq!(args.general.output[1].format, Format::Ndjson);
        assert_eq!(sweep(line).path, Some(PathBuf::from("repo")));
    }
}

#[test]
fn refs_are_repeatable_and_comma_separated() {
    let refs = sweep("keysweep sweep --refs main,v1.* --refs HEAD").refs;
    assert_eq!(refs, ["main", "v1.*", "HEAD"]);
}

#[test]
fn wrong_lines_are_refused() {
    for line in [
        "keysweep",
        "keysweep hunt",
        "keysweep sweep a b",
        "keysweep sweep --refs main --worktree",
        "keysweep sweep --respect-gitignore",
        "keysweep sweep -q -v",
        "keysweep sweep -j 0",
        "keysweep sweep -f pdf",
        "keysweep sweep --fail-on any",
        "keysweep sweep --exit-code 3",
        "keysweep sweep --max-time 0",
        "keysweep sweep --max-hits 0",
        "keysweep sweep --allow-incomplete everything",
        "keysweep sweep --min-confidence pair",
        "keysweep explain",
        "keysweep explain a b",
        "keysweep rules show",
        "keysweep rules hide x",
    ] {
        let error = parse(line).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn help_says_all_that_is_needed() {
    let mut command = Args::command().term_width(100);
    command.build();
    let top = command.render_long_help().to_string();
    let sweep = command.find_subcommand_mut("sweep").unwrap();
    let sweep = sweep.clone().term_width(100).render_long_help().to_string();
    insta::with_settings!({
        snapshot_path => "../../../tests/integration/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("help", top);
        insta::assert_snapshot!("help_sweep", sweep);
    });
}
