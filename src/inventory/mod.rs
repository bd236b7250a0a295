//! What the owner's own listing of IAM says of found keys. Needs no secret, and makes no call with a
//! found key: the listing comes from commands that the owner ran.

mod listing;
mod read;
mod report_csv;
mod script;

pub use listing::{Inventory, InventoryGap};
pub use script::{Scope, inventory_script};

use crate::model::{Credential, Finding, Listed, ListedState, Report, Severity, ValidityState};

/// Adds to every finding with an ID what the listing says, and grades by it what nobody asked STS.
pub fn apply(inventory: &Inventory, report: &mut Report) {
    let hidden = report
        .suppressed
        .iter_mut()
        .map(|hidden| &mut hidden.finding);
    for finding in report.findings.iter_mut().chain(hidden) {
        let Some(listed) = inventory.of(&finding.credential) else {
            continue;
        };
        grade(finding, &listed);
        finding.inventory = Some(listed);
    }
    // What the listing calms down goes below what it does not; all else keeps its order.
    report
        .findings
        .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
}

/// An answer of STS outranks the listing, the listing outranks a guess.
fn grade(finding: &mut Finding, listed: &Listed) {
    let disagreement = match (finding.validity.state, listed.state) {
        (
            ValidityState::Active | ValidityState::IdActive,
            ListedState::Inactive | ListedState::Deleted,
        ) => Some(
            "AWS accepts this key, though the inventory calls it inactive or deleted: the inventory is old",
        ),
        (ValidityState::NotValid, ListedState::Active) => Some(
            "the inventory calls this key active, though AWS does not accept it: one of them is old, or it belongs to another partition",
        ),
        _ => None,
    };
    finding.notes.extend(disagreement.map(str::to_owned));
    if matches!(
        finding.validity.state,
        ValidityState::Active | ValidityState::IdActive | ValidityState::NotValid
    ) {
        return;
    }
    let cap = match listed.state {
        // One command makes it work again.
        ListedState::Inactive => Severity::Medium,
        ListedState::Deleted => Severity::Low,
        ListedState::Active | ListedState::NotListed => return,
    };
    finding.severity = finding.severity.min(cap);
}

impl Inventory {
    /// What the listing says of a credential; `None` for what has no ID in any listing.
    pub fn of(&self, credential: &Credential) -> Option<Listed> {
        if let Some(id) = &credential.access_key_id {
            return Some(self.key(id));
        }
        let (user, account) = (&credential.details.user, &credential.details.account);
        let (user, account) = (user.as_ref()?, account.as_ref()?);
        self.service_user(user, account)
    }
}

#[cfg(test)]
mod tests;
