//! `keysweep plan` itself: forms, languages, situations, quoting, state, and where secrets go.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::drill::Incident;
use crate::support::keysweep::{finish, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

fn with_key(seed: u64) -> (Repo, Pair) {
    let (repo, pair) = (Repo::new(), Seed::new(seed).plain_pair());
    repo.commit_file("config/prod.env", pair.ini());
    (repo, pair)
}

/// A plan from a report that was changed.
fn planned(seed: u64, args: &[&str], change: impl Fn(&mut Value)) -> (Incident, Value) {
    let (repo, _) = with_key(seed);
    let (_, mut report) = sweep_json(repo.path(), &[]);
    change(&mut report.0["findings"][0]);
    let incident = Incident::new();
    let path = incident.home().join("old.json");
    std::fs::write(&path, report.0.to_string()).unwrap();
    incident.plan(&path, args);
    let plan = incident.json();
    (incident, plan)
}

fn titles(plan: &Value) -> Vec<&str> {
    let steps = plan["steps"].as_array().unwrap();
    steps
        .iter()
        .map(|step| step["action"].as_str().unwrap())
        .collect()
}

#[test]
#[allow(clippy::too_many_lines, reason = "one course of things, or a table")]
fn every_situation_has_its_own_path_and_a_clean_script() {
    let long = "arn:aws:sts::123456789012:assumed-role/builder/me";
    let cases: [(&str, Value, &str); 20] = [
        ("user-key", json!({}), "Deactivate AKIA"),
        (
            "root-key",
            json!({"validity": {"state": "active", "arn": "arn:aws:iam::123456789012:root"}}),
            "Sign in as root and delete",
        ),
        (
            "role-session",
            json!({"validity": {"state": "active", "arn": long}}),
            "Cut off the role's sessions",
        ),
        (
            "temporary-key",
            json!({"kind": "aws-temporary-key"}),
            "See which role or user",
        ),
        (
            "temporary-key",
            json!({"kind": "aws-session-token"}),
            "Find what wrote it down",
        ),
        (
            "id-alone",
            json!({"kind": "aws-access-key-id"}),
            "Look for the secret of the ID",
        ),
        (
            "secret-alone",
            json!({"kind": "aws-secret-access-key"}),
            "Find the ID that",
        ),
        (
            "service-specific",
            json!({"kind": "aws-bedrock-api-key"}),
            "Deactivate the service's key",
        ),
        (
            "service-specific",
            json!({"kind": "aws-service-password"}),
            "Deactivate the service's key",
        ),
        (
            "bedrock-short-term",
            json!({"kind": "aws-bedrock-short-term-key"}),
            "Deny Bedrock's bearer tokens",
        ),
        (
            "ses-smtp",
            json!({"kind": "aws-ses-smtp-password"}),
            "Deactivate AKIA",
        ),
        (
            "appsync",
            json!({"kind": "aws-appsync-api-key"}),
            "Delete the API key",
        ),
        (
            "cloudfront",
            json!({"kind": "aws-cloudfront-private-key"}),
            "Take the public key out",
        ),
        (
            "short-lived",
            json!({"kind": "aws-ecr-token"}),
            "Wait for its end",
        ),
        (
            "mws",
            json!({"kind": "aws-mws-auth-token"}),
            "Nothing to revoke",
        ),
        ("custom", json!({"kind": "custom-key"}), "Revoke it where"),
        (
            "canary",
            json!({"canary": "somebody"}),
            "Leave the canary alone",
        ),
        (
            "dead",
            json!({"validity": {"state": "not-valid"}}),
            "Nothing to deactivate",
        ),
        (
            "dead",
            json!({"notes": ["It has expired on 2024-01-01."]}),
            "Nothing to deactivate",
        ),
        (
            "user-key",
            json!({"validity": {"state": "active", "arn": "arn:aws-cn:iam::123456789012:user/a"}}),
            "Cut off sessions",
        ),
    ];
    for (situation, change, title) in cases {
        let (incident, plan) = planned(4300, &[], |finding| {
            for (name, value) in change.as_object().unwrap() {
                finding[name] = value.clone();
            }
        });
        assert_eq!(plan["findings"][0]["situation"], situation, "{change}");
        let titles = titles(&plan);
        assert!(
            titles.iter().any(|t| t.starts_with(title)),
            "{situation}: {titles:#?}"
        );
        assert!(
            !incident.text("plan.md").contains("(no text)"),
            "{situation}"
        );
        lint(&incident);
        let partition = if change.to_string().contains("aws-cn") {
            "cn-north-1"
        } else {
            "us-east-1"
        };
        let said = incident.text("plan.md");
        assert!(
            situation == "canary"
                || situation == "mws"
                || said.contains(partition)
                || !said.contains("cloudtrail"),
            "{said}"
        );
    }
}

/// `bash -n` and shellcheck are content.
#[track_caller]
fn lint(incident: &Incident) {
    for (program, args) in [("bash", &["-n"][..]), ("shellcheck", &["--norc"])] {
        let mut command = incident.command(program);
        command.args(args).arg(incident.file("plan.sh"));
        let output = finish(command);
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
    }
}

#[test]
fn keys_of_other_accounts_are_their_owners() {
    let (_, plan) = planned(4301, &["--account", "999988887777"], |_| {});
    assert_eq!(plan["findings"][0]["situation"], "foreign-account");
    let text = plan.to_string();
    assert!(!text.contains("update-access-key") && !text.contains("create-access-key"));
}

#[test]
fn both_languages_say_the_same_steps() {
    let (english, plan) = planned(4302, &[], |_| {});
    let (japanese, other) = planned(4302, &["--lang", "ja"], |_| {});
    let ids = |plan: &Value| -> Vec<Value> {
        let steps = plan["steps"].as_array().unwrap();
        steps
            .iter()
            .map(|step| json!([step["id"], step["command"], step["who"]]))
            .collect()
    };
    let shape = |plan: &Value| ids(plan).iter().map(|id| id[0].clone()).collect::<Vec<_>>();
    assert_eq!(shape(&plan), shape(&other));
    assert!(japanese.text("plan.md").contains("封じ込め"));
    assert!(!english.text("plan.md").contains("封じ込め"));
    lint(&japanese);
    let run = japanese.script(&[]).expect_code(0);
    assert!(run.text.contains("plan.sh"), "{}", run.text);
}

#[test]
fn nothing_happens_without_a_phase_or_an_answer() {
    let (repo, _) = with_key(4303);
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    let run = |args: &[&str]| {
        let mut bash = incident.command("bash");
        bash.arg(incident.file("plan.sh")).args(args);
        finish(bash)
    };
    assert_eq!(run(&[]).status.code(), Some(0));
    assert_eq!(run(&["everything"]).status.code(), Some(2));
    let output = run(&["rewrite"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no terminal to ask on"));
}

#[test]
fn what_comes_from_the_repository_does_nothing() {
    let repo = Repo::new();
    let pair = Seed::new(4304).plain_pair();
    let nasty = [
        "a$(touch PWNED)",
        "b`touch PWNED`",
        "c'; touch PWNED; '",
        "d\n# head\n```",
        "e \u{202e}x",
    ];
    for name in nasty {
        repo.write(name, pair.ini());
    }
    repo.git(&["add", "-A"]);
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    lint(&incident);
    let script = incident.text("plan.sh");
    assert!(script.contains("rm -q --cached"), "{script}");
    assert!(!script.contains('\u{202e}'));
    incident.script(&["rewrite"]).expect_code(0);
    for folder in [repo.path(), incident.home(), Path::new(".")] {
        assert!(!folder.join("PWNED").exists());
    }
    assert_eq!(repo.git(&["ls-files"]), "", "each name was unstaged");
    let page = incident.text("plan.md");
    assert!(!page.lines().any(|line| line == "# head"), "{page}");
}

#[test]
fn consumers_and_ci_are_named() {
    let (repo, _) = with_key(4305);
    repo.write("deploy.py", "key = os.environ['AWS_ACCESS_KEY_ID']\n");
    repo.commit_file(".github/workflows/ci.yml", "on: push\n");
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    let page = incident.text("plan.md");
    for words in [
        "`config/prod.env` holds it at HEAD",
        "`deploy.py` reads AWS credentials",
        "GitHub Actions: sign in with OIDC",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("GitLab CI"));
}

#[test]
fn hosts_are_told_by_their_urls() {
    let (repo, _) = with_key(4306);
    for (url, title) in [
        ("https://user:hunter2@github.com/a/b.git", "Ask GitHub"),
        ("git@gitlab.example.com:a/b.git", "GitLab's settings"),
        ("git@bitbucket.org:a/b.git", "Ask Bitbucket"),
        ("codecommit::eu-west-1://b", "in CodeCommit"),
    ] {
        repo.attempt(&["remote", "remove", "origin"], b"");
        repo.git(&["remote", "add", "origin", url]);
        repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        let incident = Incident::new();
        incident.plan(repo.path(), &[]);
        let plan = incident.json();
        let found: Vec<&str> = titles(&plan)
            .into_iter()
            .filter(|t| t.contains(title))
            .collect();
        assert_eq!(found.len(), 1, "{url}");
        let hosts = plan["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|s| s["who"] == "host");
        assert_eq!(hosts.count(), 1, "{url}: only the host in use");
        assert!(!incident.text("plan.sh").contains("hunter2"));
    }
}

#[test]
fn rules_are_written_outside_for_their_owner_alone() {
    let (repo, pair) = with_key(4307);
    let incident = Incident::new();
    let path = repo.path().to_str().unwrap();
    for inside in [repo.path().join("rules"), repo.git_path("rules")] {
        let output = incident.keysweep(&["plan", path, "--write-rules", inside.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        assert!(!inside.exists());
        assert!(String::from_utf8_lossy(&output.stderr).contains("inside a repository"));
    }
    let file = incident.home().join("rules");
    let write = || incident.keysweep(&["plan", path, "--write-rules", file.to_str().unwrap()]);
    let output = write();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let rules = std::fs::read_to_string(&file).unwrap();
    assert!(rules.contains(&format!("literal:{}==>***REMOVED***\n", pair.secret)));
    assert!(output.stdout.is_empty());
    assert!(!String::from_utf8_lossy(&output.stderr).contains(&pair.secret));
    assert_eq!(write().status.code(), Some(2), "no file is replaced");
}

#[test]
fn states_are_remembered_and_a_working_key_reopens() {
    let (repo, _) = with_key(4308);
    let (_, report) = sweep_json(repo.path(), &[]);
    let print = report.findings()[0]
        .text("/fingerprint")
        .unwrap()
        .to_owned();
    let incident = Incident::new();
    let old = incident.home().join("old.json");
    std::fs::write(&old, report.0.to_string()).unwrap();
    let progress = |subject: &Path| {
        incident.plan(subject, &[]);
        incident.json()["findings"][0]["progress"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(progress(&old), "open");
    let mark = |state: &str| incident.keysweep(&["plan", "--mark", state, "--fingerprint", &print]);
    assert_eq!(mark("contained").status.code(), Some(0));
    assert_eq!(progress(&old), "contained");
    let contain = incident.json()["steps"][0].clone();
    assert_eq!(
        (&contain["phase"], &contain["state"]),
        (&json!("contain"), &json!("done"))
    );
    mark("proved");
    assert_eq!(
        progress(&old),
        "proved",
        "an old report says nothing of today"
    );
    assert_eq!(progress(repo.path()), "rotated", "it is found today");
    let file = incident.home().join("state/keysweep/findings.json");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    let id = report.findings()[0].text("/access_key_id").unwrap();
    assert!(text.contains(&print) && !text.contains(id));
    let mut active = report.0.clone();
    active["findings"][0]["validity"]["state"] = json!("active");
    std::fs::write(&old, active.to_string()).unwrap();
    assert_eq!(progress(&old), "open", "it works again");
}

#[test]
fn wrong_input_is_refused_with_the_next_step() {
    let (repo, _) = with_key(4309);
    let incident = Incident::new();
    let file = incident.home().join("no.json");
    std::fs::write(&file, "{}").unwrap();
    let path = repo.path().to_str().unwrap();
    let git_dir = repo.git_path("plan");
    for args in [
        &["plan", file.to_str().unwrap()][..],
        &[
            "plan",
            path,
            "--fingerprint",
            "ks1-00000000000000000000000000000000",
        ],
        &["plan", path, "--fingerprint", "x"],
        &["plan", path, "-o", "json=x"],
        &["plan", path, "--out", git_dir.to_str().unwrap()],
        &["plan", path, "--lang", "fr"],
        &["plan", "--mark", "proved"],
    ] {
        let output = incident.keysweep(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_clean_repository_needs_no_plan() {
    let repo = Repo::new();
    repo.commit_file("a", "nothing\n");
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    assert!(incident.text("plan.md").contains("Nothing was found"));
    lint(&incident);
    incident.script(&["contain", "rewrite"]).expect_code(0);
}

/// A plan with what differs from run to run taken out.
fn readable(text: &str, repo: &Repo, incident: &Incident, pair: &Pair) -> String {
    let text = text
        .replace(repo.path().to_str().unwrap(), "/repo")
        .replace(incident.home().to_str().unwrap(), "/incident")
        .replace(&pair.id, "AKIAIOSFODNN7EXAMPLE")
        .replace(&repo.id("HEAD")[..10], "1a2b3c4d5e");
    let fixed = [
        (r"ks1-[0-9a-f]{32}", "ks1-0123456789abcdef0123456789abcdef"),
        (r"\b[0-9]{12}\b", "111122223333"),
    ];
    fixed.iter().fold(text, |text, (pattern, plain)| {
        let pattern = regex::Regex::new(pattern).unwrap();
        pattern.replace_all(&text, *plain).into_owned()
    })
}

/// Plans stand in the documentation as they are written; `INSTA_UPDATE=always` writes them anew, as it
/// does with snapshots.
#[test]
fn two_plans_as_people_read_them() {
    let (repo, pair) = with_key(4310);
    let read = |name: &str, language: &str| {
        let incident = Incident::new();
        incident.plan(repo.path(), &["--lang", language]);
        let page = readable(&incident.text("plan.md"), &repo, &incident, &pair);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/remediation/plans");
        if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
            std::fs::write(folder.join(name), &page).unwrap();
        }
        let documented = std::fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(documented, page, "{name}");
    };
    repo.git(&["remote", "add", "origin", "git@github.com:example/app.git"]);
    read("local.ja.md", "ja");
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    read("pushed.md", "en");
}
