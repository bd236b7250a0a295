//! What is asked, in which order, how often, and what the answers settle.

use super::*;

#[test]
fn answers_settle_which_secret_is_whose() {
    let mut setting = Setting::new();
    let mut owner = setting.pair(Manner::Active(USER.to_owned()));
    let right = owner.secret.clone().unwrap();
    let right = String::from_utf8(right.expose().to_vec()).unwrap();
    let id = owner.access_key_id.clone().unwrap();
    let (wrong, other) = (setting.keys.secret(), setting.keys.secret());
    owner = credential(&id, Some(&wrong));
    owner.candidates = vec![candidate(&other, 10), candidate(&right, 20)];
    let mut credentials = vec![owner];
    setting.verify(&mut credentials);
    let pair = credentials
        .iter()
        .find(|c| c.access_key_id.is_some())
        .unwrap();
    assert_eq!(pair.secret.as_ref().unwrap().expose(), right.as_bytes());
    assert_eq!(validity(pair).state, ValidityState::Active);
    assert!(
        pair.hits
            .iter()
            .any(|l| l.hit.value.expose() == right.as_bytes())
    );
    assert!(
        pair.hits
            .iter()
            .all(|l| l.hit.value.expose() != wrong.as_bytes())
    );
    let lone = credentials
        .iter()
        .find(|c| c.access_key_id.is_none())
        .unwrap();
    assert_eq!(lone.kind, CredentialKind::SecretAccessKey);
    assert_eq!(lone.secret.as_ref().unwrap().expose(), wrong.as_bytes());
    let seen = setting.sts.seen();
    assert_eq!(seen.len(), 3, "in order, until one fits");
    for two in seen.windows(2) {
        assert!(
            two[1].at.checked_sub(two[0].at).unwrap() >= Duration::from_secs(5),
            "{seen:?}"
        );
    }
}

#[test]
fn a_lone_id_gets_the_secret_that_fits() {
    let mut setting = Setting::new();
    let pair = setting.pair(Manner::Active(USER.to_owned()));
    let secret = String::from_utf8(pair.secret.unwrap().expose().to_vec()).unwrap();
    let mut owner = credential(&pair.access_key_id.unwrap(), None);
    owner.candidates = vec![candidate(&secret, 10)];
    let mut lone = credential("", Some(&secret));
    lone.access_key_id = None;
    lone.kind = CredentialKind::SecretAccessKey;
    lone.hits.remove(0);
    let mut credentials = vec![lone, owner];
    setting.verify(&mut credentials);
    assert_eq!(credentials.len(), 1, "the lone secret went to its ID");
    assert_eq!(credentials[0].kind, CredentialKind::AccessKey);
    assert_eq!(validity(&credentials[0]).state, ValidityState::Active);
}

#[test]
fn where_no_secret_fits_the_id_is_active_all_the_same() {
    let mut setting = Setting::new();
    let pair = setting.pair(Manner::Active(USER.to_owned()));
    let id = pair.access_key_id.unwrap();
    let wrong = setting.keys.secret();
    let mut owner = credential(&id, Some(&wrong));
    owner.candidates = (0..20)
        .map(|n| candidate(&setting.keys.secret(), n))
        .collect();
    let mut credentials = vec![owner];
    setting.verify(&mut credentials);
    assert_eq!(validity(&credentials[0]).state, ValidityState::IdActive);
    assert!(
        reason(&credentials[0]).contains("none of 8 secrets"),
        "{}",
        reason(&credentials[0])
    );
    assert_eq!(setting.sts.ids().len(), 9, "eight, and the first once more");
}

/// Somebody else asked about the ID with another secret just before.
#[test]
fn a_refusal_that_may_be_a_quirk_is_asked_again() {
    let mut setting = Setting::new();
    let pair = setting.pair(Manner::Active(USER.to_owned()));
    let id = pair.access_key_id.clone().unwrap();
    let mut before = vec![credential(&id, Some(&setting.keys.secret()))];
    let mut plan = setting.plan.clone();
    plan.calls_max = 1;
    let other = Verifier::new(&plan).unwrap();
    other.verify(&mut before, &Control::default(), |_| Vec::new());
    let mut credentials = vec![pair];
    setting.verify(&mut credentials);
    assert_eq!(validity(&credentials[0]).state, ValidityState::Active);
    assert_eq!(setting.sts.ids().len(), 3);
}

#[test]
fn some_are_never_asked_about() {
    let mut setting = Setting::new();
    let active = || Manner::Active(USER.to_owned());
    let own = setting.pair(active());
    let account = crate::model::account_of(own.access_key_id.as_ref().unwrap().as_bytes());
    setting.plan.accounts = vec![account.unwrap()];
    let mut canary = setting.pair(active());
    canary.details.canary = Some("canarytokens.org");
    let mut example = setting.pair(active());
    example.placeholder = Some(SuppressionReason::Placeholder);
    let foreign = setting.pair(active());
    let mut tokenless = setting.triple(active());
    tokenless.token = None;
    let mut service = setting.pair(active());
    service.kind = CredentialKind::BedrockShortTermKey;
    service.details.expires = Some(1);
    let lone = credential(&setting.keys.access_key_id(), None);
    let mut credentials = vec![canary, example, foreign, tokenless, service, lone, own];
    let verifier = setting.verify(&mut credentials);
    let states: Vec<_> = credentials
        .iter()
        .map(|c| validity(c).state.name())
        .collect();
    let not = "not-checked";
    assert_eq!(states, [not, not, not, not, "expired", not, "active"]);
    assert_eq!(setting.sts.ids().len(), 1);
    assert_eq!(verifier.summary().accepted, 1);
    for (credential, why) in credentials.iter().zip([
        "canarytokens.org",
        "placeholder",
        "--account",
        "--account",
        "single services",
        "--account",
    ]) {
        assert!(reason(credential).contains(why), "{}", reason(credential));
    }
}

#[test]
fn nothing_is_asked_twice_and_nothing_beyond_the_budget() {
    let mut setting = Setting::new();
    let manner = || Manner::Active(USER.to_owned());
    let mut first: Vec<_> = (0..5).map(|_| setting.pair(manner())).collect();
    setting.plan.calls_max = 7;
    let verifier = setting.verify(&mut first);
    let mut again = first.clone();
    verifier.verify(&mut again, &Control::default(), |_| Vec::new());
    assert!(
        again
            .iter()
            .all(|c| validity(c).state == ValidityState::Active)
    );
    assert_eq!(setting.sts.ids().len(), 5);
    let mut more: Vec<_> = (0..5).map(|_| setting.pair(manner())).collect();
    verifier.verify(&mut more, &Control::default(), |_| Vec::new());
    let state = |state| more.iter().filter(|c| validity(c).state == state).count();
    assert_eq!(state(ValidityState::Active), 2);
    assert_eq!(state(ValidityState::NotChecked), 3);
    assert!(more.iter().any(|c| reason(c).contains("--max-calls")));
    assert!(verifier.summary().budget_spent);
    assert_eq!(setting.sts.ids().len(), 7);
}
