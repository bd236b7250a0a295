//! From the arguments about verification to what they mean.

use super::args::verification::{How, Verify};
use super::failure::Failure;
use crate::model::{Control, Credential, Verification, VerifyPlan};

/// What `--verify` and its flags ask for; `None` if nobody is to be asked.
///
/// # Errors
/// Flags without `--verify`, values that cannot be used, or a keysweep that cannot ask.
pub(super) fn plan(verify: Verify, timings: bool) -> Result<Option<VerifyPlan>, Failure> {
    if verify.verify {
        return how(verify.how, timings).map(Some);
    }
    match verify.how.given() {
        None => Ok(None),
        Some(flag) => Err(
            Failure::new(format!("{flag} does nothing without --verify"))
                .hinted("add --verify to ask AWS which keys work, or leave the flag out"),
        ),
    }
}

/// The same where asking is what the command is for.
pub(super) fn how(how: How, timings: bool) -> Result<VerifyPlan, Failure> {
    let ca_bundle = match how.ca_bundle {
        None => None,
        Some(path) => Some(std::fs::read(&path).map_err(|error| {
            Failure::new(format!("could not read `{}`: {error}", path.display()))
                .hinted("name a file with certificates in PEM")
        })?),
    };
    let plan = VerifyPlan {
        endpoint: how.sts_endpoint,
        proxy: how.proxy,
        ca_bundle,
        region: how.region,
        partition: how.partition,
        accounts: how.account,
        calls_max: how.max_calls.unwrap_or(VerifyPlan::CALLS_MAX),
        timings,
        ..VerifyPlan::default()
    };
    check(&plan)?;
    Ok(plan)
}

/// Asks about credentials that were not found by a sweep, and writes the answers into them.
#[cfg(feature = "verify")]
pub(super) fn ask(
    plan: &VerifyPlan,
    credentials: &mut Vec<Credential>,
    control: &Control,
) -> Result<Verification, Failure> {
    let verifier = crate::verification::Verifier::new(plan)
        .map_err(|error| Failure::new(error.message).hinted(error.hint))?;
    verifier.verify(credentials, control, |_| Vec::new());
    Ok(verifier.summary())
}

/// Nobody can be asked, which was said before.
#[cfg(not(feature = "verify"))]
pub(super) fn ask(
    _: &VerifyPlan,
    _: &mut Vec<Credential>,
    _: &Control,
) -> Result<Verification, Failure> {
    Ok(Verification::default())
}

/// Refuses before hours are spent on a sweep.
#[cfg(feature = "verify")]
fn check(plan: &VerifyPlan) -> Result<(), Failure> {
    let checked = crate::verification::Verifier::new(plan);
    checked
        .map(drop)
        .map_err(|error| Failure::new(error.message).hinted(error.hint))
}

#[cfg(not(feature = "verify"))]
fn check(_: &VerifyPlan) -> Result<(), Failure> {
    Err(
        Failure::new("--verify: this keysweep was built without verification").hinted(
            "build one that can: `cargo install keysweep --features verify`; or leave --verify out",
        ),
    )
}

#[cfg(all(test, feature = "verify"))]
mod tests {
    use super::*;

    fn refused(how_to: How) -> String {
        let failure = how(how_to, true).expect_err("it is refused");
        let mut out = Vec::new();
        failure.print(&mut out);
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn flags_without_verify_are_refused() {
        let verify = Verify {
            verify: false,
            how: How {
                region: Some("us-east-1".to_owned()),
                ..How::default()
            },
        };
        assert!(plan(verify, true).is_err());
        assert!(plan(Verify::default(), true).unwrap().is_none());
    }

    #[test]
    fn what_is_not_safe_or_not_known_is_refused_before_the_sweep() {
        let with = |set: fn(&mut How)| {
            let mut how = How::default();
            set(&mut how);
            refused(how)
        };
        let plain = with(|how| how.sts_endpoint = Some("http://sts.example.com".to_owned()));
        assert!(plain.contains("plain http to another machine"), "{plain}");
        let region = with(|how| how.region = Some("mars-north-1".to_owned()));
        assert!(region.contains("`mars-north-1`"), "{region}");
        let partition = with(|how| how.partition = Some("aws-mars".to_owned()));
        assert!(partition.contains("aws-cn"), "{partition}");
        let account = with(|how| how.account = vec!["12".to_owned()]);
        assert!(account.contains("12 digits"), "{account}");
        let proxy = with(|how| how.proxy = Some("socks5://user:hunter2@x".to_owned()));
        assert!(!proxy.contains("hunter2"), "{proxy}");
    }
}
