//! Keys, users and accounts of all listings together.

use std::collections::{BTreeMap, BTreeSet};

use super::report_csv::ReportRow;
use crate::model::{Listed, ListedState, account_of};

/// A file, or a part of one, that says less than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryGap {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong with it.
    pub detail: String,
}

/// What is known of one account.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) users: BTreeSet<String>,
    /// Those of them whose keys were listed, or who have none by the credential report. An empty
    /// list of keys names no user, and so proves nothing.
    pub(super) listed: BTreeSet<String>,
    /// The script's own word that all was listed.
    pub(super) is_marked_complete: bool,
    /// A list says that it goes on.
    pub(super) is_cut: bool,
    /// Whether root has keys; no list of keys shows them.
    pub(super) root_has_keys: Option<bool>,
}

impl Account {
    /// True if every key of every user is there, so that one that is not is no more.
    fn is_complete(&self) -> bool {
        let all = !self.users.is_empty() && self.users.is_subset(&self.listed);
        !self.is_cut && (self.is_marked_complete || all)
    }
}

/// An answer of `get-access-key-last-used`. It names no key, unless our script asked.
#[derive(Debug)]
pub(super) struct LastUse {
    pub(super) id: Option<String>,
    pub(super) user: Option<String>,
    pub(super) date: Option<String>,
    pub(super) service: Option<String>,
    pub(super) region: Option<String>,
}

/// All that the listings say.
#[derive(Debug, Default)]
pub struct Inventory {
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) keys: BTreeMap<String, Listed>,
    /// By service user name: `user+1-at-123456789012`.
    pub(super) credentials: BTreeMap<String, Listed>,
    pub(super) rows: Vec<ReportRow>,
    /// Last uses, which may come before the key that they are of.
    pub(super) uses: Vec<LastUse>,
    /// What the files do not tell.
    pub gaps: Vec<InventoryGap>,
}

impl Inventory {
    /// What the listings say of an access key ID.
    pub fn key(&self, id: &str) -> Listed {
        if let Some(listed) = self.keys.get(id) {
            return listed.clone();
        }
        let account = account_of(id.as_bytes());
        let mut listed = Listed::bare(ListedState::NotListed);
        // Temporary keys are in no list, and root's keys are in none either.
        let known = account
            .as_ref()
            .and_then(|account| self.accounts.get(account));
        if id.starts_with("AKIA")
            && known.is_some_and(|a| a.is_complete() && a.root_has_keys == Some(false))
        {
            listed.state = ListedState::Deleted;
        }
        listed.account = account;
        listed
    }

    /// What they say of a service-specific credential, by the user it names.
    pub(super) fn service_user(&self, user: &str, account: &str) -> Option<Listed> {
        let name = format!("{user}-at-{account}");
        self.credentials
            .get(&name)
            .or_else(|| self.credentials.get(user))
            .cloned()
    }

    /// Accounts, users and keys that were read.
    pub fn counts(&self) -> (usize, usize, usize) {
        let users: usize = self
            .accounts
            .values()
            .map(|account| account.users.len())
            .sum();
        (self.accounts.len(), users, self.keys.len())
    }

    /// Puts together what several files say, whatever their order.
    pub(super) fn join(&mut self) {
        for last in &self.uses {
            let listed = if let Some(id) = &last.id {
                self.keys.get_mut(id)
            } else {
                // Then the user must have but one.
                let is_theirs = |key: &&mut Listed| last.user.is_some() && key.user == last.user;
                let mut of_user = self.keys.values_mut().filter(is_theirs);
                of_user.next().filter(|_| of_user.next().is_none())
            };
            if let Some(listed) = listed {
                listed.last_used.clone_from(&last.date);
                listed.last_service.clone_from(&last.service);
                listed.last_region.clone_from(&last.region);
            }
        }
        self.join_reports();
    }

    fn join_reports(&mut self) {
        for row in &self.rows {
            let account = self.accounts.entry(row.account.clone()).or_default();
            account.users.insert(row.user.clone());
            if row.is_root {
                account.users.remove(&row.user);
                account.root_has_keys = Some(row.keys.iter().any(|key| key.is_active));
            } else if row.keys.is_empty() {
                account.listed.insert(row.user.clone());
            }
            for key in &row.keys {
                let same = |listed: &&mut Listed| {
                    listed.user.as_deref() == Some(&*row.user)
                        && listed
                            .account
                            .as_deref()
                            .is_none_or(|account| account == row.account)
                        && listed
                            .created
                            .as_deref()
                            .is_some_and(|time| is_same(time, &key.rotated))
                };
                let mut listed = self.keys.values_mut().filter(same);
                let (Some(listed), None) = (listed.next(), listed.next()) else {
                    continue;
                };
                listed.account.get_or_insert_with(|| row.account.clone());
                if listed.last_used.is_none() {
                    listed.last_used.clone_from(&key.last_used);
                    listed.last_service.clone_from(&key.last_service);
                    listed.last_region.clone_from(&key.last_region);
                }
            }
        }
    }
}

/// Equal to the second, however each is written.
fn is_same(a: &str, b: &str) -> bool {
    let time = |text: &str| {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(jiff::Timestamp::as_second)
    };
    time(a).is_some() && time(a) == time(b)
}
