//! How a key is taken out of service, with commands to be copied: of a user, and of the account's
//! root, which no command with a user's name reaches.

use std::collections::BTreeSet;
use std::io;

use super::Page;
use super::advice::{DENY_OLDER, the_one};
use super::steps::Numbered;
use crate::model::{Principal, ValidityState, shell_word};

impl Page<'_> {
    pub(super) fn deactivation(&mut self, findings: &[Numbered<'_>]) -> io::Result<()> {
        let of = |is_root: bool| {
            let some = findings.iter().copied();
            some.filter(move |n| n.finding.validity.is_active_root() == is_root)
                .collect()
        };
        let (roots, users): (Vec<Numbered<'_>>, Vec<Numbered<'_>>) = (of(true), of(false));
        if !roots.is_empty() {
            self.root_key(&roots)?;
        }
        if !users.is_empty() {
            self.user_key(&users, !roots.is_empty())?;
        }
        Ok(())
    }

    /// Source: IAM user guide, "Delete access keys for the root user" and "Perform a privileged
    /// task on a member account".
    fn root_key(&mut self, findings: &[Numbered<'_>]) -> io::Result<()> {
        let ids = self.ids(findings);
        let id = the_one(&ids).unwrap_or("KEY_ID");
        let accounts = findings
            .iter()
            .map(|n| n.finding.validity.account.as_deref());
        let accounts: BTreeSet<Option<&str>> = accounts.collect();
        let account = match accounts.first() {
            Some(Some(one)) if accounts.len() == 1 => self.text(one.as_bytes()),
            _ => "ACCOUNT".to_owned(),
        };
        self.say(&format!(
            "{id} belongs to the root of account {account}, which has no user name: sign in to the \
             console as root, and delete the key under Security credentials. For a member account \
             of an organization its management account can do it; the first command prints \
             credentials for the second:"
        ))?;
        self.command(&format!(
            "aws sts assume-root --target-principal {account} --duration-seconds 900 \
             --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials"
        ))?;
        self.command(&format!("aws iam delete-access-key --access-key-id {id}"))?;
        self.list(&ids, findings.len())?;
        self.say(
            "No policy limits root, and nothing revokes a session of it. Change root's password, \
             see that its MFA is still yours, and see in every region what was done:",
        )?;
        self.look_up(id)
    }

    fn user_key(&mut self, findings: &[Numbered<'_>], root_was_told: bool) -> io::Result<()> {
        let ids = self.ids(findings);
        let id = the_one(&ids).unwrap_or("KEY_ID");
        let user = self.user(findings);
        let first = if user.is_some() {
            "The first command shows when it was last used, and by what"
        } else {
            "The first command prints the UserName for the second"
        };
        let user = user.unwrap_or_else(|| "USER".to_owned());
        self.say(&format!(
            "As an administrator of {}, not with the key itself. {first}:",
            account(findings)
        ))?;
        self.command(&format!(
            "aws iam get-access-key-last-used --access-key-id {id}"
        ))?;
        self.command(&format!(
            "aws iam update-access-key --status Inactive --access-key-id {id} --user-name {user}"
        ))?;
        self.list(&ids, findings.len())?;
        let is_known = |n: &Numbered<'_>| n.finding.validity.principal == Some(Principal::User);
        // AWS has said of some that they are users' keys.
        let is_unsaid = !root_was_told && !findings.iter().all(is_known);
        let of_root = if is_unsaid {
            "A key of the root user has no such user: sign in as root and delete it. "
        } else {
            ""
        };
        self.say(&format!(
            "{of_root}Sessions that somebody made with a key outlive it; see in every region what \
             was done, and deny the user what is older than now:"
        ))?;
        self.look_up(id)?;
        self.command(&format!(
            "aws iam put-user-policy --user-name {user} --policy-name AWSRevokeOlderSessions \
             --policy-document {DENY_OLDER}"
        ))?;
        self.say("Then make a new key where one is needed, and delete the old one.")
    }

    /// The IAM user, if AWS said of all that it is one and the same.
    fn user(&self, findings: &[Numbered<'_>]) -> Option<String> {
        let name = |n: &Numbered<'_>| {
            let validity = &n.finding.validity;
            let is_user = validity.state == ValidityState::Active
                && validity.principal == Some(Principal::User);
            // The path before the name is no part of it.
            let arn = validity.arn.as_deref().filter(|_| is_user)?;
            Some(arn.split_once(":user/")?.1.rsplit('/').next()?.to_owned())
        };
        let names: Option<BTreeSet<String>> = findings.iter().map(name).collect();
        let names = names.filter(|names| names.len() == 1)?;
        names
            .first()
            .map(|name| shell_word(&self.text(name.as_bytes())))
    }

    pub(super) fn look_up(&mut self, id: &str) -> io::Result<()> {
        self.command(&format!(
            "aws cloudtrail lookup-events --lookup-attributes \
             AttributeKey=AccessKeyId,AttributeValue={id} --region REGION"
        ))
    }
}

/// The account of the findings, as a sentence names it.
fn account(findings: &[Numbered<'_>]) -> String {
    let accounts = findings.iter().map(|n| n.finding.account_id.as_deref());
    let accounts: BTreeSet<Option<&str>> = accounts.collect();
    match accounts.first() {
        Some(Some(one)) if accounts.len() == 1 => format!("account {one}"),
        Some(Some(_)) => "the account that is named above".to_owned(),
        _ => "the key's account (`aws sts get-access-key-info --access-key-id KEY_ID` prints it)"
            .to_owned(),
    }
}
