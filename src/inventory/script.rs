//! The commands with which the owner lists users and keys. They only read.

use crate::model::shell_word;

/// Whose keys are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The account of the caller.
    Account,
    /// Every active account of the organization, through this role.
    Organization {
        /// The role's name.
        role: String,
    },
}

const HEAD: &str = r"#!/usr/bin/env bash
# Lists users, access keys, their last uses and service-specific credentials, as JSON on stdout:
#   bash inventory.sh >inventory.json && keysweep sweep --inventory inventory.json
# Only reads. Run it as an administrator of the account, never with a leaked key. Needs the AWS CLI,
# version 1 or 2, and the rights iam:ListUsers, iam:ListAccessKeys, iam:GetAccessKeyLastUsed,
# iam:ListServiceSpecificCredentials and iam:GetAccountSummary.
set -euo pipefail
umask 077
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10 AWS_PAGER=
";

const LIST: &str = r#"
list_account() {
  local account users user keys key complete=true
  account=$(aws sts get-caller-identity --query Account --output text) || return 1
  printf '{"Account": "%s"}\n' "$account"
  aws iam get-account-summary --query '{SummaryMap: {AccountAccessKeysPresent: SummaryMap.AccountAccessKeysPresent}}' --output json || complete=false
  aws iam list-users --output json || return 1
  users=$(aws iam list-users --query 'Users[].[UserName]' --output text) || return 1
  while IFS= read -r user; do
    [ -n "$user" ] || continue
    [ "$user" = None ] && continue
    aws iam list-access-keys --output json --user-name="$user" || { complete=false; continue; }
    keys=$(aws iam list-access-keys --query 'AccessKeyMetadata[].[AccessKeyId]' --output text --user-name="$user") || { complete=false; continue; }
    while IFS= read -r key; do
      [ -n "$key" ] || continue
      [ "$key" = None ] && continue
      aws iam get-access-key-last-used --access-key-id="$key" --output json --query "{AccessKeyId: '$key', UserName: UserName, AccessKeyLastUsed: AccessKeyLastUsed}" || complete=false
    done <<<"$keys"
    # Not every emulator and partition knows these; keys are listed all the same.
    aws iam list-service-specific-credentials --output json --user-name="$user" || printf 'not listed: service-specific credentials of a user in %s\n' "$account" >&2
  done <<<"$users"
  printf '{"Account": "%s", "KeysweepComplete": %s}\n' "$account" "$complete"
  [ "$complete" = true ]
}
"#;

const ONE: &str = "
list_account
";

const ALL: &str = r#"
failed=0
own=$(aws sts get-caller-identity --query Account --output text)
partition=$(aws sts get-caller-identity --query Arn --output text | cut -d: -f2)
accounts=$(aws organizations list-accounts --query "Accounts[?Status=='ACTIVE'].[Id]" --output text)
while IFS= read -r account; do
  [ -n "$account" ] || continue
  if [ "$account" = "$own" ]; then
    list_account || failed=1
    continue
  fi
  # The session's credentials live in a subshell's environment and nowhere else.
  (
    session=$(aws sts assume-role --role-arn="arn:$partition:iam::$account:role/$role" --role-session-name=keysweep-inventory --duration-seconds=900 --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text) || exit 1
    read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$session"
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    unset AWS_PROFILE AWS_DEFAULT_PROFILE
    list_account
  ) || { printf 'not listed: account %s\n' "$account" >&2; failed=1; }
done <<<"$accounts"
if [ "$failed" -ne 0 ]; then
  printf 'INCOMPLETE: some accounts were not listed\n' >&2
  exit 1
fi
"#;

/// The script, for bash.
pub fn inventory_script(scope: &Scope) -> String {
    match scope {
        Scope::Account => format!("{HEAD}{LIST}{ONE}"),
        Scope::Organization { role } => {
            format!("{HEAD}\nrole={}\n{LIST}{ALL}", shell_word(role))
        }
    }
}
