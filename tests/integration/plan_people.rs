//! What people do after a rewrite, or instead of one: colleagues who follow, hosts that keep refs of
//! their own, the short path by hand, linked work trees, and what prevents the next one.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::drill::Incident;
use crate::support::keysweep::{finish, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A step by words of its title.
fn step<'p>(plan: &'p Value, words: &str) -> &'p Value {
    let steps = plan["steps"].as_array().unwrap();
    let found = steps
        .iter()
        .find(|step| step["action"].as_str().unwrap().contains(words));
    found.unwrap_or_else(|| {
        let all: Vec<&Value> = steps.iter().map(|step| &step["action"]).collect();
        panic!("no step `{words}` in {all:#?}")
    })
}

fn lines<'p>(step: &'p Value, key: &str) -> Vec<&'p str> {
    let commands = match key {
        "undo" => &step["undo"]["command"],
        key => &step[key],
    };
    let commands = commands.as_array().into_iter().flatten();
    commands.map(|command| command.as_str().unwrap()).collect()
}

/// Runs commands in one shell, as somebody types them one after the other.
fn types(incident: &Incident, folder: &Path, repo: &Repo, commands: &[String]) -> Output {
    let mut bash = incident.command("bash");
    let script = format!("set -e -o pipefail\n{}\n", commands.join("\n"));
    bash.args(["-c", &script])
        .current_dir(folder)
        .env("REPO", repo.path())
        .env("GIT_EDITOR", "true");
    finish(bash)
}

#[track_caller]
fn typed(incident: &Incident, folder: &Path, repo: &Repo, commands: &[String]) {
    let output = types(incident, folder, repo, commands);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{commands:#?}: {said}");
}

/// A repository with a key in its history, pushed to a bare remote beside it.
fn pushed(seed: u64) -> (Repo, Repo, Pair) {
    let (repo, pair) = (Repo::new(), Seed::new(seed).plain_pair());
    let path = repo.root().join("remote.git");
    repo.git(&["init", "-q", "--bare", "-b", "main", path.to_str().unwrap()]);
    let remote = repo.beside("remote.git");
    repo.commit_file("a", "one\n");
    repo.commit_file("k.env", pair.ini());
    repo.commit_file("a", "one\ntwo\n");
    repo.git(&["rm", "-q", "k.env"]);
    repo.commit_index("Remove the key");
    repo.git(&["tag", "v1"]);
    let url = format!("file://{}", remote.path().display());
    repo.git(&["remote", "add", "origin", &url]);
    repo.git(&["push", "-q", "origin", "main", "v1"]);
    repo.git(&["branch", "-q", "--set-upstream-to=origin/main", "main"]);
    (repo, remote, pair)
}

#[test]
fn a_colleague_moves_unpushed_work_over() {
    let (repo, remote, _) = pushed(4700);
    let old = repo.id("main");
    let leaked = repo.id("main~2");
    // One branch from the tip, one from inside of the leaked history, and one without own commits.
    let other = remote.clone_to("other", &[]);
    other.git(&["switch", "-q", "-c", "late"]);
    other.commit_file("late", "work\n");
    other.git(&["switch", "-q", "-c", "early", "main~1"]);
    other.commit_file("early", "first\n");
    other.commit_file("early", "second\n");
    other.git(&["switch", "-q", "main"]);
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    incident.script(&["rewrite"]).expect_code(0);
    let plan = incident.json();
    let commands = lines(step(&plan, "clone again"), "command");
    let mut all = Vec::new();
    for command in commands {
        if command.contains("BRANCH") {
            all.extend(["late", "early"].map(|branch| command.replace("BRANCH", branch)));
        } else {
            all.push(command.to_owned());
        }
    }
    typed(&incident, other.path(), &other, &all);
    for (branch, subjects) in [("late", 1), ("early", 2)] {
        let range = format!("origin/main..{branch}");
        let count = other.git(&["rev-list", "--count", &range]);
        assert_eq!(
            count,
            subjects.to_string(),
            "{branch} keeps its own commits"
        );
        let base = other.git(&["merge-base", branch, "origin/main"]);
        assert_eq!(base, other.id("origin/main"), "{branch}");
    }
    assert_eq!(other.content("early:early"), b"second\n");
    assert_eq!(other.id("main"), repo.id("main"));
    for gone in [&old, &leaked] {
        let looked = other.attempt(&["cat-file", "-e", gone], b"");
        assert!(!looked.status.success(), "{gone} is still there");
    }
    sweep(other.path(), &[]).expect_code(0);
    // What comes back to the remote from there is clean as well.
    other.git(&["push", "-q", "origin", "late", "early"]);
    let mirror = remote.clone_to("mirror", &["--mirror"]);
    sweep(mirror.path(), &[]).expect_code(0);
}

#[test]
fn ones_own_unpushed_work_is_named_with_the_command_that_moves_it() {
    let (repo, _remote, _) = pushed(4701);
    repo.git(&["switch", "-q", "-c", "it's-mine"]);
    repo.commit_file("mine", "work\n");
    repo.git(&["switch", "-q", "main"]);
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    let run = incident.script(&["rewrite"]).expect_code(0);
    let line = run.text.lines().find(|line| line.contains("rebase --onto"));
    let (_, command) = line.expect("the branch is named").split_once(": ").unwrap();
    typed(&incident, repo.path(), &repo, &[command.to_owned()]);
    assert_eq!(repo.git(&["rev-list", "--count", "main..it's-mine"]), "1");
    let plan = incident.json();
    let forget = lines(step(&plan, "Let git forget"), "command");
    let forget: Vec<String> = forget.into_iter().map(str::to_owned).collect();
    typed(&incident, repo.path(), &repo, &forget);
    sweep(repo.path(), &[]).expect_code(0);
}

#[test]
fn hosts_keep_their_own_refs_and_they_are_named() {
    let (repo, remote, pair) = pushed(4702);
    let own = [
        "refs/merge-requests/1/head",
        "refs/merge-requests/1/merge",
        "refs/pull-requests/2/from",
        "refs/changes/03/3/1",
        "refs/keep-around/4",
    ];
    for name in own {
        remote.git(&["update-ref", name, "refs/heads/main~1"]);
    }
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    let run = incident.script(&["rewrite"]).expect_code(0);
    assert!(!run.text.contains(&pair.secret));
    let requests = "Pull or merge requests whose refs only the host can change: 2";
    assert!(run.text.contains(requests), "{}", run.text);
    let left = incident.text("left-on-host");
    for name in own {
        assert!(left.contains(name), "{name}: {left}");
    }
    assert_eq!(left.lines().count(), own.len());
    let plan = incident.json();
    let host = step(&plan, "GitLab's settings");
    assert_eq!(host["who"], "host");
    typed_out(&incident, &repo, &lines(host, "command"), &own);
    let run = incident.script(&["prove"]);
    assert_eq!(run.code, Some(1), "{}", run.text);
    for name in own {
        assert!(run.text.contains(name), "{name}: {}", run.text);
        remote.git(&["update-ref", "-d", name]);
    }
    incident.script(&["prove"]).expect_code(0);
}

/// Runs commands in the plan's folder, and expects words in what they print.
#[track_caller]
fn typed_out(incident: &Incident, repo: &Repo, commands: &[&str], words: &[&str]) {
    let commands: Vec<String> = commands.iter().map(|&line| line.to_owned()).collect();
    let output = types(incident, incident.home(), repo, &commands);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{commands:?}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

/// One way in which a key came into commits that nobody has yet.
struct Short {
    title: &'static str,
    /// Writes the history, and says how many commits it has.
    write: fn(&Repo, &Pair),
    /// What the editor does with a message.
    editor: &'static str,
}

/// One way each.
const SHORT: [Short; 5] = [
    Short {
        title: "Amend the last commit",
        write: |repo, pair| drop(repo.commit_file("k.env", pair.ini())),
        editor: "true",
    },
    Short {
        title: "Fix the commit",
        write: |repo, pair| {
            repo.commit_file("k.env", pair.ini());
            repo.commit_file("b", "more\n");
        },
        editor: "true",
    },
    Short {
        title: "Amend the last commit's message",
        write: |repo, pair| {
            repo.write("c", "more\n").git(&["add", "-A"]);
            repo.commit_index(&format!("Use it\n\n{}", pair.line()));
        },
        editor: "sed -i.bak 2,9d",
    },
    Short {
        title: "Reword the commit",
        write: |repo, pair| {
            repo.write("c", "more\n").git(&["add", "-A"]);
            repo.commit_index(&format!("Use it\n\n{}", pair.line()));
            repo.commit_file("b", "more\n");
        },
        editor: "sed -i.bak 2,9d",
    },
    Short {
        title: "Go back to the commit",
        write: |repo, pair| {
            repo.commit_file("k.env", pair.ini());
            repo.commit_file("b", "more\n");
            repo.git(&["rm", "-q", "k.env"]);
            repo.commit_index("Remove it");
        },
        editor: "true",
    },
];

#[test]
fn the_short_path_works_by_hand() {
    for (case, is_first) in SHORT.iter().flat_map(|case| [(case, false), (case, true)]) {
        let (repo, pair) = (Repo::new(), Seed::new(4703).plain_pair());
        if !is_first {
            repo.commit_file("a", "one\n");
        }
        (case.write)(&repo, &pair);
        // A remote of which nothing was fetched and nothing pushed.
        let before = repo.git(&["rev-list", "--count", "HEAD"]);
        let incident = Incident::new();
        incident.plan(repo.path(), &[]);
        let plan = incident.json();
        let own = |line: &str| line.to_owned();
        let mut all: Vec<String> = vec![format!("export GIT_EDITOR={:?}", case.editor)];
        let edit = "test ! -f k.env || echo nothing >k.env".to_owned();
        if case.title.starts_with("Go back") {
            all.extend(
                lines(step(&plan, case.title), "command")
                    .into_iter()
                    .map(own),
            );
            all.push("echo nothing >k.env".to_owned());
            let rest = lines(step(&plan, "Amend it, and go on"), "command");
            let (last, first) = rest.split_last().unwrap();
            all.extend(first.iter().map(|line| own(line)));
            // The later commit removes a file that is another one now.
            all.push(format!("{last} || {{ git rm -q k.env && {last}; }}"));
        } else {
            all.push(edit);
            all.extend(
                lines(step(&plan, case.title), "command")
                    .into_iter()
                    .map(own),
            );
        }
        typed(&incident, repo.path(), &repo, &all);
        let forget = lines(step(&plan, "Let git forget"), "command");
        let forget: Vec<String> = forget.into_iter().map(own).collect();
        typed(&incident, repo.path(), &repo, &forget);
        sweep(repo.path(), &[]).expect_code(0);
        let after = repo.git(&["rev-list", "--count", "HEAD"]);
        assert_eq!(after, before, "{}", case.title);
    }
}

#[test]
fn what_a_linked_work_tree_holds_goes() {
    let (repo, mut seed) = (Repo::new(), Seed::new(4704));
    let (staged, detached) = (seed.plain_pair(), seed.plain_pair());
    repo.commit_file("a", "one\n");
    let path = repo.root().join("odd name");
    let tree = path.to_str().unwrap();
    repo.git(&["worktree", "add", "-q", "--detach", tree]);
    let linked = repo.beside("odd name");
    linked.commit_file("d.env", detached.ini());
    linked.write("s.env", staged.ini());
    linked.git(&["add", "s.env"]);
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    let plan = incident.json();
    let mut all: Vec<String> = Vec::new();
    for title in ["Move the HEAD", "Unstage"] {
        let commands = lines(step(&plan, title), "command");
        all.extend(
            commands
                .iter()
                .map(|line| line.replace("switch BRANCH", "switch -q -C clean main")),
        );
    }
    typed(&incident, repo.path(), &repo, &all);
    assert_eq!(linked.git(&["ls-files"]), "a");
    let forget = lines(step(&plan, "Let git forget"), "command");
    let forget: Vec<String> = forget.into_iter().map(str::to_owned).collect();
    typed(&incident, repo.path(), &repo, &forget);
    let (_, report) = sweep_json(repo.path(), &[]);
    assert!(report.findings().is_empty(), "{}", report.0["findings"]);
}

#[test]
fn what_prevents_the_next_one_runs() {
    let (repo, pair) = (Repo::new(), Seed::new(4705).plain_pair());
    repo.commit_file(".env", pair.ini());
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    let plan = incident.json();
    let hook = step(&plan, "Let git refuse keys");
    let gate = step(&plan, "Let CI refuse");
    let ignore = step(&plan, "Ignore files");
    let own = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect::<Vec<_>>();
    typed(&incident, repo.path(), &repo, &own(lines(hook, "command")));
    assert!(repo.git_path("hooks/pre-push").exists());
    typed(&incident, repo.path(), &repo, &own(lines(hook, "undo")));
    assert!(!repo.git_path("hooks/pre-push").exists());
    typed(
        &incident,
        repo.path(),
        &repo,
        &own(lines(ignore, "command")),
    );
    let ignored = std::fs::read_to_string(repo.path().join(".gitignore")).unwrap();
    assert!(ignored.lines().any(|line| line == ".env"), "{ignored}");
    // In CI the program is on the path, and the change brings a key.
    let base = repo.id("HEAD");
    repo.commit_file("more.env", Seed::new(4706).plain_pair().ini());
    let program = env!("CARGO_BIN_EXE_keysweep");
    let line = lines(gate, "command")[0].replacen("keysweep", program, 1);
    let output = types(
        &incident,
        repo.path(),
        &repo,
        &[format!("{line} --base {base}")],
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
}
