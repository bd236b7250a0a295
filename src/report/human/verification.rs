//! What was asked of AWS, so that whoever reads the owner's logs knows where it came from.

use std::io;

use super::wording::{count, plural};
use super::{Page, Tone};
use crate::model::{Report, Verification};

impl Page<'_> {
    pub(super) fn verification(&mut self) -> io::Result<()> {
        let Some(asked) = &self.report.verification else {
            return Ok(());
        };
        let text = self.text(said(asked).as_bytes());
        self.prose(Tone::Strong, "", "verification", &text)?;
        writeln!(self.out)
    }
}

/// The same for stderr: one line, if anybody was to be asked.
pub(in crate::report) fn verification_line(report: &Report) -> Option<String> {
    let asked = report.verification.as_ref()?;
    let said = super::escape(said(asked).as_bytes());
    Some(format!("verification: {said}"))
}

pub(in crate::report) fn said(asked: &Verification) -> String {
    if asked.calls == 0 {
        return "nothing was asked: no key was found that may be asked about".to_owned();
    }
    let mut text = format!(
        "{} sent to {} about {}, as \"{}\".",
        plural(asked.calls, "request"),
        asked.hosts.join(" and "),
        plural(asked.ids, "access key ID"),
        asked.user_agent
    );
    if asked.accepted > 0 {
        text += &format!(
            " {} accepted: {} in the owner's CloudTrail as GetCallerIdentity, and is now the key's \
             last use.",
            match asked.accepted {
                1 => "1 was".to_owned(),
                n => format!("{} were", count(n)),
            },
            match asked.accepted {
                1 => "it stands",
                _ => "each stands",
            }
        );
    }
    if asked.budget_spent {
        text += " --max-calls was reached; not all keys were asked about.";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture;
    use super::*;

    fn line(asked: Verification) -> String {
        let mut report = fixture::empty();
        report.verification = Some(asked);
        verification_line(&report).unwrap()
    }

    #[test]
    fn it_says_what_the_owner_will_see() {
        assert_eq!(verification_line(&fixture::empty()), None);
        assert!(line(Verification::default()).contains("nothing was asked"));
        let asked = Verification {
            calls: 12,
            accepted: 1,
            ids: 10,
            user_agent: "keysweep/0".to_owned(),
            hosts: vec!["https://sts.us-east-1.amazonaws.com".to_owned()],
            budget_spent: false,
        };
        assert_eq!(
            line(asked.clone()),
            "verification: 12 requests sent to https://sts.us-east-1.amazonaws.com about 10 access \
             key IDs, as \"keysweep/0\". 1 was accepted: it stands in the owner's CloudTrail as \
             GetCallerIdentity, and is now the key's last use."
        );
        let short = line(Verification {
            accepted: 2,
            budget_spent: true,
            ..asked
        });
        assert!(
            short.contains("2 were accepted: each") && short.contains("--max-calls"),
            "{short}"
        );
    }
}
