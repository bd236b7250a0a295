//! Against a stand-in for STS on loopback, with a clock that never makes anybody wait.

mod manners;
#[path = "../../tests/integration/support/sigv4.rs"]
#[allow(
    dead_code,
    reason = "shared with the integration tests, which use all of it"
)]
mod sigv4;
#[path = "../../tests/integration/support/sts.rs"]
#[allow(
    dead_code,
    reason = "shared with the integration tests, which use all of it"
)]
mod sts;
mod transport;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Verifier;
use crate::model::{
    About, Candidate, Clock, Confidence, Control, Credential, CredentialKind, Details, Field, Hit,
    LocatedHit, Part, Place, Position, Principal, Secret, Span, StopCause, SuppressionReason,
    Validity, ValidityState, VerifyPlan,
};
use crate::testkeys::Keys;
use sts::{Manner, Sts};

const USER: &str = "arn:aws:iam::123456789012:user/ann";

/// A clock on which waiting is all that takes time.
#[derive(Clone, Debug, Default)]
struct Fake(Arc<AtomicU64>);

impl Clock for Fake {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn unix(&self) -> i64 {
        1_800_000_000 + self.now().as_secs() as i64
    }

    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let clock = self.clone();
        Box::pin(async move {
            clock.0.fetch_add(time.as_millis() as u64, Ordering::SeqCst);
            tokio::task::yield_now().await;
        })
    }
}

/// A stand-in, and a verifier that asks it.
struct Setting {
    sts: Sts,
    keys: Keys,
    plan: VerifyPlan,
}

impl Setting {
    fn new() -> Setting {
        let clock = Fake::default();
        let own = clock.clone();
        Setting::with(Sts::quirky(move || own.now()), clock)
    }

    fn with(sts: Sts, clock: Fake) -> Setting {
        let plan = VerifyPlan {
            endpoint: Some(sts.url()),
            clock: Some(Arc::new(clock)),
            ..VerifyPlan::default()
        };
        let keys = Keys::new(7);
        Setting { sts, keys, plan }
    }

    /// A pair that the stand-in treats in this manner.
    fn pair(&mut self, manner: Manner) -> Credential {
        let (id, secret) = (self.keys.access_key_id(), self.keys.secret());
        self.sts.know(&id, &secret, None, manner);
        credential(&id, Some(&secret))
    }

    /// A temporary key.
    fn triple(&mut self, manner: Manner) -> Credential {
        let (id, secret) = (self.keys.temporary_key_id(), self.keys.secret());
        let token = self.keys.session_token("eu-west-1");
        self.sts.know(&id, &secret, Some(&token), manner);
        let mut credential = credential(&id, Some(&secret));
        credential.token = Some(Secret::new(token.into_bytes()));
        credential.kind = CredentialKind::TemporaryKey;
        credential
    }

    fn verify(&self, credentials: &mut Vec<Credential>) -> Verifier {
        let verifier = Verifier::new(&self.plan).unwrap();
        verifier.verify(credentials, &Control::default(), |_| Vec::new());
        verifier
    }
}

fn hit(part: Part, value: &str, labelled: bool) -> LocatedHit {
    let hit = Hit {
        rule: "aws-secret-access-key",
        part,
        value: Secret::new(value.as_bytes().to_vec()),
        place: Place::RefName(b"x".to_vec()),
        field: Field::Content,
        span: Span { start: 0, end: 0 },
        position: Position { line: 1, column: 1 },
        encodings: Vec::new(),
        confidence: Confidence::High,
        section: 0,
        stem: 0,
        labelled,
        placeholder: None,
        about: About::default(),
        inner: None,
    };
    LocatedHit {
        hit,
        location: Arc::default(),
    }
}

fn credential(id: &str, secret: Option<&str>) -> Credential {
    let mut hits = vec![hit(Part::Id, id, true)];
    hits.extend(secret.map(|secret| hit(Part::Secret, secret, true)));
    Credential {
        kind: match secret {
            Some(_) => CredentialKind::AccessKey,
            None => CredentialKind::AccessKeyId,
        },
        access_key_id: Some(id.to_owned()),
        secret: secret.map(|secret| Secret::new(secret.as_bytes().to_vec())),
        token: None,
        rule: "aws-access-key-id",
        confidence: Confidence::High,
        hits,
        candidates: Vec::new(),
        placeholder: None,
        accepted: None,
        details: Details::default(),
    }
}

fn candidate(secret: &str, distance: u64) -> Candidate {
    Candidate {
        secret_sha256: Secret::new(secret.as_bytes().to_vec()).sha256(),
        distance: crate::model::Distance::Bytes(distance),
        hit: Some(Box::new(hit(Part::Secret, secret, false))),
    }
}

fn validity(credential: &Credential) -> &Validity {
    &credential.details.validity
}

fn reason(credential: &Credential) -> &str {
    validity(credential).reason.as_deref().unwrap_or_default()
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn every_answer_has_its_verdict() {
    use ValidityState::{Active, Expired, NotValid, Unknown};
    let mut setting = Setting::new();
    setting.plan.timeout = Duration::from_millis(700);
    let skew = "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z";
    let mismatch = "SignatureDoesNotMatch";
    let arn = |text: &str| Manner::Active(text.to_owned());
    let raw = |status, body: &str| Manner::Raw(status, String::new(), body.to_owned());
    let leads = "location: http://127.0.0.1:1/\r\n".to_owned();
    let throttled = Manner::Later(2, 400, "Throttling", USER.to_owned());
    let failing = Manner::Later(3, 503, "ServiceUnavailable", USER.to_owned());
    let rows = [
        (arn(USER), Active, ""),
        (
            arn("arn:aws:iam::123456789012:root"),
            Active,
            "root: no policy",
        ),
        (Manner::Inactive, NotValid, "cannot be told apart"),
        (Manner::Expired, Unknown, "never expires"),
        (
            Manner::Error(403, mismatch, skew),
            Unknown,
            "clock is wrong",
        ),
        (
            Manner::Error(403, mismatch, "Signature not yet current: x"),
            Unknown,
            "clock is wrong",
        ),
        (
            Manner::Error(400, "IncompleteSignature", "x"),
            Unknown,
            "form of the request",
        ),
        (
            Manner::Error(403, "RegionDisabledException", "x"),
            Unknown,
            "--region",
        ),
        (
            Manner::Error(403, "AccessDenied", "x"),
            Active,
            "AccessDenied",
        ),
        (
            Manner::Error(400, "Throttling", "x"),
            Unknown,
            "fewer requests",
        ),
        (throttled, Active, ""),
        (failing, Active, ""),
        (
            Manner::Error(500, "InternalFailure", "x"),
            Unknown,
            "service failed",
        ),
        (
            Manner::Error(403, "SomethingNew", "x"),
            Unknown,
            "SomethingNew",
        ),
        (raw(200, "<html>welcome</html>"), Unknown, "status 200"),
        (raw(200, ""), Unknown, ""),
        (raw(403, "<html>blocked</html>"), Unknown, "status 403"),
        (raw(403, "\u{0}\u{ff}<<<<"), Unknown, "status 403"),
        (arn("arn:aws:s3:::bucket"), Unknown, "no identity"),
        (
            Manner::Raw(302, leads, String::new()),
            Unknown,
            "not followed",
        ),
        (raw(200, &"x".repeat(1 << 20)), Unknown, ""),
        (Manner::Endless, Unknown, ""),
        (Manner::Silent, Unknown, "no answer within"),
        (Manner::Gone, Unknown, ""),
    ];
    let (manners, expected): (Vec<_>, Vec<_>) =
        rows.into_iter().map(|(m, s, r)| (m, (s, r))).unzip();
    let mut credentials: Vec<Credential> = manners
        .into_iter()
        .map(|manner| setting.pair(manner))
        .collect();
    let mut expected: Vec<_> = expected;
    credentials.push(setting.triple(arn("arn:aws:sts::123456789012:assumed-role/r/s")));
    expected.push((Active, ""));
    credentials.push(setting.triple(Manner::Expired));
    expected.push((Expired, "session is over"));
    let verifier = setting.verify(&mut credentials);
    for (credential, (state, why)) in credentials.iter().zip(expected) {
        let read = validity(credential);
        assert_eq!(read.state, state, "{why}: {read:?}");
        assert!(reason(credential).contains(why), "{why}: {read:?}");
        assert!(read.checked_at.is_some());
    }
    assert_eq!(validity(&credentials[0]).arn.as_deref(), Some(USER));
    assert!(validity(&credentials[1]).is_active_root());
    assert_eq!(
        validity(&credentials[24]).principal,
        Some(Principal::AssumedRole)
    );
    let summary = verifier.summary();
    assert_eq!(summary.ids, 26);
    assert_eq!(summary.calls, setting.sts.seen().len() as u64);
    for seen in setting.sts.seen() {
        let own = concat!("keysweep/", env!("CARGO_PKG_VERSION"), " ");
        assert!(
            seen.user_agents.iter().all(|agent| agent.starts_with(own)),
            "{seen:?}"
        );
    }
    assert!(!setting.sts.was_crowded());
}
