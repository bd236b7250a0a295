//! What goes over the wire, and what must not.

use super::*;

#[test]
fn a_stop_ends_the_asking() {
    let mut setting = Setting::new();
    setting.plan.timeout = Duration::from_mins(10);
    let mut credentials = vec![setting.pair(Manner::Silent)];
    let control = Control::with_deadline(Some(Instant::now() + Duration::from_millis(300)));
    let verifier = Verifier::new(&setting.plan).unwrap();
    verifier.verify(&mut credentials, &control, |_| Vec::new());
    assert_eq!(control.stopped(), Some(StopCause::Deadline));
    assert_eq!(validity(&credentials[0]).state, ValidityState::NotChecked);
}

#[test]
fn a_certificate_for_another_name_is_no_answer() {
    for (name, state) in [
        ("sts.example.com", ValidityState::Unknown),
        ("127.0.0.1", ValidityState::Active),
    ] {
        let (sts, pem) = Sts::with_tls(name);
        let mut setting = Setting::with(sts, Fake::default());
        setting.plan.ca_bundle = Some(pem.into_bytes());
        let mut credentials = vec![setting.pair(Manner::Active(USER.to_owned()))];
        setting.verify(&mut credentials);
        assert_eq!(
            validity(&credentials[0]).state,
            state,
            "{:?}",
            validity(&credentials[0])
        );
        let sent = setting.sts.seen().len();
        assert_eq!(
            sent,
            usize::from(state == ValidityState::Active),
            "no request before TLS"
        );
    }
}

#[test]
fn a_proxy_is_used_if_it_is_named() {
    let mut setting = Setting::new();
    setting.plan.proxy = setting
        .plan
        .endpoint
        .replace("https://sts.invalid".to_owned());
    let mut credentials = vec![setting.pair(Manner::Active(USER.to_owned()))];
    setting.verify(&mut credentials);
    assert_eq!(validity(&credentials[0]).state, ValidityState::Unknown);
    let seen = setting.sts.seen();
    assert!(
        seen[0].raw.starts_with("CONNECT sts.invalid:443"),
        "{seen:?}"
    );
    assert!(
        seen.iter().all(|seen| seen.id.is_empty()),
        "no request beside the tunnel"
    );
}

#[test]
fn secrets_are_in_no_request_and_no_text() {
    let mut setting = Setting::new();
    let mut credentials = vec![
        setting.pair(Manner::Active(USER.to_owned())),
        setting.pair(Manner::Gone),
        setting.pair(Manner::Raw(403, String::new(), "x".to_owned())),
    ];
    let verifier = setting.verify(&mut credentials);
    let mut all = format!("{verifier:?} {:?} {credentials:?}", verifier.summary());
    for seen in setting.sts.seen() {
        all += &seen.raw;
    }
    for credential in &credentials {
        let secret = credential.secret.as_ref().unwrap().expose();
        for form in forms(secret) {
            assert!(!all.contains(&form), "a form of the secret is shown");
        }
    }
}

/// A secret in all ways that a careless log would write it.
fn forms(secret: &[u8]) -> Vec<String> {
    let raw = String::from_utf8(secret.to_vec()).unwrap();
    let hex = data_encoding::HEXLOWER.encode(secret);
    let bytes = format!("{secret:?}");
    vec![
        data_encoding::BASE64.encode(secret),
        hex.to_uppercase(),
        hex,
        bytes.trim_matches(['[', ']']).to_owned(),
        raw.replace('/', "%2F").replace('+', "%2B"),
        raw.replace('/', "\\/"),
        raw.chars().rev().collect(),
        raw,
    ]
}
