//! How keys of single services are revoked, in words and commands.
//!
//! Source: IAM user guide, "Service-specific credentials" and "API keys for AWS services"; SES and
//! CloudFront developer guides.

use std::collections::BTreeMap;
use std::io;

use super::Page;
use super::steps::Numbered;
use crate::model::CredentialKind;

impl Page<'_> {
    /// One sentence for each kind among the findings, and its commands.
    pub(super) fn service_keys(&mut self, findings: &[Numbered<'_>]) -> io::Result<()> {
        let mut kinds: BTreeMap<CredentialKind, Vec<&Numbered<'_>>> = BTreeMap::new();
        for numbered in findings {
            let kind = numbered.finding.credential.kind;
            kinds.entry(kind).or_default().push(numbered);
        }
        for (kind, of_kind) in kinds {
            let user = match of_kind[..] {
                [one] => one.finding.credential.details.user.as_deref(),
                _ => None,
            };
            let user = user.map_or("USER".to_owned(), |user| self.text(user.as_bytes()));
            let (sentence, commands) = how(kind, user.split("-at-").next().unwrap_or("USER"));
            self.say(sentence)?;
            for command in commands {
                self.command(&command)?;
            }
        }
        Ok(())
    }
}

fn how(kind: CredentialKind, user: &str) -> (&'static str, Vec<String>) {
    let service_specific = || {
        vec![
            format!("aws iam list-service-specific-credentials --user-name {user}"),
            format!(
                "aws iam update-service-specific-credential --status Inactive --user-name {user} \
                 --service-specific-credential-id ID"
            ),
        ]
    };
    match kind {
        CredentialKind::BedrockApiKey
        | CredentialKind::CloudWatchLogsKey
        | CredentialKind::ServicePassword => (
            "API keys and passwords of an IAM user for one service; the first command lists the \
             ID that the second takes. A user name may end in +1, +2, …, which is not part of the \
             IAM user's:",
            service_specific(),
        ),
        CredentialKind::SesSmtpPassword => (
            "SMTP passwords die with the access key that is their user name: deactivate that:",
            vec![
                "aws iam update-access-key --status Inactive --access-key-id SMTP_USER_NAME \
                 --user-name USER"
                    .to_owned(),
            ],
        ),
        CredentialKind::CloudFrontPrivateKey => (
            "CloudFront key pairs: take the public key out of every key group, then delete it; an \
             old key pair of the root user is deleted by root, under security credentials:",
            vec!["aws cloudfront list-public-keys".to_owned()],
        ),
        CredentialKind::AppSyncApiKey => (
            "AppSync API keys, if they were not meant for the public:",
            vec!["aws appsync delete-api-key --api-id API --id KEY".to_owned()],
        ),
        CredentialKind::CustomKey => ("What your own rules found, as you know best.", Vec::new()),
        CredentialKind::MwsAuthToken => ("MWS tokens open nothing any more.", Vec::new()),
        _ => (
            "Links and tokens that end by themselves within 36 hours: find what wrote them down, \
             and cut off the role's sessions if somebody may have used one in time.",
            Vec::new(),
        ),
    }
}
