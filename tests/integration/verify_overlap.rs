//! AWS is asked while there is still something to scan, and says the same as if it were asked
//! afterwards.
#![cfg(feature = "verify")]

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::keysweep::model::{Clock, Confidence, Control, Report, Validity, VerifyPlan};
use ::keysweep::sweep::{Limits, Selection, SweepPlan};

use crate::patterns::keys::Keys;
use crate::support::keysweep::sweep_json;
use crate::support::repo::Repo;
use crate::support::sts::{Manner, Sts};

const USER: &str = "arn:aws:iam::123456789012:user/ann";

/// A clock on which waiting is all that takes time.
#[derive(Clone, Debug, Default)]
struct Fake(Arc<AtomicU64>);

impl Clock for Fake {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn unix(&self) -> i64 {
        1_800_000_000
    }

    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (clock, time) = (self.clone(), time.as_millis() as u64);
        Box::pin(async move {
            clock.0.fetch_add(time, Ordering::SeqCst);
        })
    }
}

fn env_file(id: &str, secret: &str) -> String {
    format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n")
}

/// A file that takes longer to read than the sweep has time: only what is asked meanwhile is asked.
#[test]
fn a_key_is_asked_about_before_all_is_scanned() {
    let mut keys = Keys::new(31);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let sts = Sts::new();
    sts.know(&id, &secret, None, Manner::Active(USER.to_owned()));
    let repo = Repo::new();
    repo.write("a.env", env_file(&id, &secret));
    let endless = std::fs::File::create(repo.path().join("z")).unwrap();
    endless.set_len(1 << 40).unwrap();
    let url = sts.url();
    let args = [
        "--worktree",
        "--max-time",
        "4s",
        "--verify",
        "--sts-endpoint",
        &url,
    ];
    let (run, report) = sweep_json(repo.path(), &args);
    run.expect_code(1);
    let report = &report.0;
    assert_eq!(report["complete"], false, "{report:#}");
    assert_eq!(report["gaps"][0]["kind"], "time");
    assert_eq!(report["findings"][0]["validity"]["state"], "active");
    assert_eq!(report["verification"]["calls"], 1);
}

/// What is certain early, what turns out not to have been, and what only history tells.
struct Scene {
    repo: Repo,
    known: Vec<(String, String, Option<String>, Manner)>,
    /// Never to be asked about.
    untouchable: Vec<String>,
}

impl Scene {
    #[allow(clippy::too_many_lines, reason = "one case after the other")]
    fn new(seed: u64) -> Scene {
        let mut keys = Keys::new(seed);
        let repo = Repo::new();
        let mut scene = Scene {
            repo,
            known: Vec::new(),
            untouchable: Vec::new(),
        };
        let active = || Manner::Active(USER.to_owned());
        // Pairs in one file, of each state.
        for (n, manner) in [active(), Manner::Inactive, Manner::Expired, active()]
            .into_iter()
            .enumerate()
        {
            let (id, secret) = (keys.access_key_id(), keys.secret());
            scene.file(&format!("pair{n}.env"), &env_file(&id, &secret));
            scene.known.push((id, secret, None, manner));
        }
        // Two secrets beside one ID, in two files: the right one seen less often, then more often.
        for often in [false, true] {
            let (id, right, wrong) = (keys.access_key_id(), keys.secret(), keys.secret());
            let (one, two) = if often {
                (&right, &wrong)
            } else {
                (&wrong, &right)
            };
            for (n, secret) in [one, one, two].into_iter().enumerate() {
                scene.file(&format!("two{often}{n}.env"), &env_file(&id, secret));
            }
            scene.known.push((id, right, None, active()));
        }
        // The same, and the ID is known nowhere; and one of which no secret is right.
        let (id, one, two) = (keys.access_key_id(), keys.secret(), keys.secret());
        scene.file("gone1.env", &env_file(&id, &one));
        scene.file("gone2.env", &env_file(&id, &two));
        let (id, own) = (keys.access_key_id(), keys.secret());
        for n in 0..3 {
            scene.file(&format!("wrong{n}.env"), &env_file(&id, &keys.secret()));
        }
        scene.known.push((id, own, None, active()));
        // The ID and its secret in two files of one folder, from one commit.
        let (id, secret) = (keys.access_key_id(), keys.secret());
        scene
            .repo
            .write("apart/id.txt", format!("aws_access_key_id = {id}\n"));
        scene.repo.write(
            "apart/key.txt",
            format!("aws_secret_access_key = {secret}\n"),
        );
        scene.repo.commit("apart");
        scene.known.push((id, secret, None, active()));
        // A temporary key.
        let (id, secret) = (keys.temporary_key_id(), keys.secret());
        let token = keys.session_token("eu-west-1");
        let text = env_file(&id, &secret) + &format!("AWS_SESSION_TOKEN={token}\n");
        scene.file("temporary.env", &text);
        scene.known.push((id, secret, Some(token), active()));
        // A canary, and an example.
        let canary = keys.key_id_of("AKIA", 171_436_882_533);
        scene.file("canary.env", &env_file(&canary, &keys.secret()));
        let example = "AKIAIOSFODNN7EXAMPLE".to_owned();
        scene.file("example.env", &env_file(&example, &keys.secret()));
        scene.untouchable = vec![canary, example];
        scene
    }

    fn file(&self, path: &str, text: &str) {
        self.repo.commit_file(path, text);
    }

    fn plan(&self, sts: &Sts, clock: Fake, overlap: bool, threads: usize) -> SweepPlan {
        SweepPlan {
            path: self.repo.path().to_owned(),
            threads,
            verification: Some(VerifyPlan {
                endpoint: Some(sts.url()),
                clock: Some(Arc::new(clock)),
                overlap,
                timings: false,
                ..VerifyPlan::default()
            }),
            ..plan(PathBuf::new())
        }
    }

    /// Sweeps, and returns what AWS said of each finding.
    fn verdicts(&self, overlap: bool, threads: usize) -> Vec<(String, Validity, String)> {
        let clock = Fake::default();
        let own = clock.clone();
        let sts = Sts::quirky(move || own.now());
        for (id, secret, token, manner) in &self.known {
            sts.know(id, secret, token.as_deref(), manner.clone());
        }
        let plan = self.plan(&sts, clock, overlap, threads);
        let report = ::keysweep::sweep::sweep(&plan, &Control::default()).unwrap();
        let ids = sts.ids();
        assert!(
            self.untouchable.iter().all(|id| !ids.contains(id)),
            "{ids:?}"
        );
        assert!(!sts.was_crowded(), "one request for each ID at a time");
        assert!(sts.connections() <= 8, "{}", sts.connections());
        let signatures: Vec<String> = sts.seen().into_iter().map(|seen| seen.raw).collect();
        assert_eq!(
            report.verification.as_ref().unwrap().calls,
            signatures.len() as u64
        );
        verdicts(&report)
    }
}

fn plan(path: PathBuf) -> SweepPlan {
    SweepPlan {
        path,
        path_is_explicit: true,
        selection: Selection::All,
        threads: 1,
        rules: None,
        min_confidence: Confidence::Low,
        now: None,
        trace_placeholders: false,
        allow_incomplete: Vec::new(),
        strict: false,
        recurse_submodules: false,
        full_scan: false,
        limits: Limits {
            object_size_max: None,
            hits_max: 100_000,
        },
        known: None,
        cache: None,
        allowances: Arc::default(),
        again: None,
        verification: None,
    }
}

fn verdicts(report: &Report) -> Vec<(String, Validity, String)> {
    let all = report.findings.iter();
    let all = all.chain(report.suppressed.iter().map(|s| &s.finding));
    let told = all.map(|finding| {
        let id = finding.credential.access_key_id.clone();
        let name = format!("{} {}", id.unwrap_or_default(), finding.fingerprint);
        (
            name,
            finding.validity.clone(),
            format!("{:?}", finding.severity),
        )
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    told
}

#[test]
fn asking_early_changes_no_verdict() {
    for seed in [41, 42] {
        let scene = Scene::new(seed);
        let afterwards = scene.verdicts(false, 1);
        let states = |state: &str| {
            let has =
                |(_, validity, _): &&(String, Validity, String)| validity.state.name() == state;
            afterwards.iter().filter(has).count()
        };
        assert_eq!(states("active"), 6, "{afterwards:#?}");
        assert!(states("not-valid") >= 2 && states("id-active") >= 3);
        for threads in [1, 3] {
            assert_eq!(
                scene.verdicts(true, threads),
                afterwards,
                "{threads} threads"
            );
        }
        scene.repo.pack_all();
        assert_eq!(scene.verdicts(true, 2), afterwards, "packed");
    }
}

/// A report that is read again asks the same, and from the same places.
#[test]
fn a_report_read_again_changes_no_verdict() {
    let scene = Scene::new(43);
    let afterwards = scene.verdicts(false, 1);
    let report =
        ::keysweep::sweep::sweep(&plan(scene.repo.path().to_owned()), &Control::default()).unwrap();
    let mut text = Vec::new();
    let options = ::keysweep::report::Options::default();
    let format = ::keysweep::report::Format::Json;
    ::keysweep::report::write(&report, format, &options, &mut text).unwrap();
    let recorded = ::keysweep::report::read_recorded(&text).unwrap();
    let sts = Sts::new();
    for (id, secret, token, manner) in &scene.known {
        sts.know(id, secret, token.as_deref(), manner.clone());
    }
    let mut again = scene.plan(&sts, Fake::default(), true, 1);
    again.again = Some(Arc::new(recorded));
    let report = ::keysweep::sweep::sweep(&again, &Control::default()).unwrap();
    let placeholder = |(name, _, _): &(String, Validity, String)| name.contains("EXAMPLE");
    let expected: Vec<_> = afterwards.into_iter().filter(|v| !placeholder(v)).collect();
    assert_eq!(verdicts(&report), expected);
    assert!(report.complete(), "{:?}", report.gaps);
}

/// The progress of a sweep is told while AWS is asked, too.
#[test]
fn the_control_counts_what_was_asked() {
    let scene = Scene::new(44);
    let sts = Sts::new();
    let control = Control::default();
    let plan = scene.plan(&sts, Fake::default(), true, 1);
    let report = ::keysweep::sweep::sweep(&plan, &control).unwrap();
    let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
    assert!(load(&control.questions_total) > 5);
    assert_eq!(load(&control.questions), load(&control.questions_total));
    assert_eq!(load(&control.calls), report.verification.unwrap().calls);
    assert!(!control.asking.load(Ordering::Relaxed));
}
