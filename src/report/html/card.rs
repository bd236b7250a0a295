//! One finding on the page: a line to look at, and all that is known below it.

use std::io::{self, Write};

use super::timeline::{self, Span};
use super::{is_at_head, name, text};
use crate::model::{Finding, Held, Traced, ValidityState};
use crate::report::facts::Facts;

/// Places that are listed; JSON has them all.
const PLACES_MAX: usize = 50;
/// Refs that are listed.
const REFS_MAX: usize = 12;
/// What findings can be filtered by, besides severity.
pub(super) const STATES: [(&str, &str); 5] = [
    ("head", "at HEAD"),
    ("removed", "removed"),
    ("pushed", "pushed"),
    ("pair", "complete"),
    ("active", "active"),
];

/// The states of a finding.
pub(super) fn states(facts: &Facts<'_>, finding: &Finding) -> Vec<&'static str> {
    let removed = finding.exposure.traced == Traced::Yes && finding.exposure.removed.is_some();
    let all = [
        (is_at_head(finding), "head"),
        (removed, "removed"),
        (facts.is_pushed(finding), "pushed"),
        (finding.is_pair() || finding.is_usable(), "pair"),
        (finding.validity.state == ValidityState::Active, "active"),
    ];
    let some = all.into_iter().filter(|(is, _)| *is);
    some.map(|(_, state)| state).collect()
}

/// Writes one finding.
pub(super) fn write(
    facts: &Facts<'_>,
    span: Option<&Span>,
    number: usize,
    finding: &Finding,
    is_open: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let severity = finding.severity.name();
    let states = states(facts, finding);
    let open = if is_open { " open" } else { "" };
    let headline = text(&Facts::headline(finding));
    let spot = facts.main_spot(finding);
    let at = match &spot.commit {
        Some(commit) => format!(" at {}", &commit[..commit.len().min(10)]),
        None => String::new(),
    };
    writeln!(
        out,
        "<details class=\"finding\" id=\"f{number}\" data-severity=\"{severity}\" data-states=\"{}\"{open}>\n\
         <summary><span class=\"pill {severity}\">{severity}</span><h3>{headline}</h3>\
         <span class=\"number\">{number}</span>\n\
         <span class=\"place mono\"><bdi>{}</bdi>{at}</span>\n<span class=\"tags\">{}</span></summary>\n\
         <div class=\"body\">",
        states.join(" "),
        text(&facts.place(finding)),
        tags(facts, finding, &states),
    )?;
    if let Some(span) = span {
        timeline::lane(facts, finding, span, out)?;
    }
    about(facts, finding, out)?;
    places(facts, finding, out)?;
    if !finding.notes.is_empty() {
        writeln!(out, "<ul class=\"notes\">")?;
        for note in &finding.notes {
            writeln!(out, "<li>{}</li>", text(&facts.shown(note.as_bytes())))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</div>\n</details>")
}

fn tags(facts: &Facts<'_>, finding: &Finding, states: &[&str]) -> String {
    let mut tags = Vec::new();
    let mut tag = |class: &str, what: &str| {
        tags.push(format!("<span class=\"tag{class}\">{}</span>", text(what)));
    };
    if states.contains(&"active") {
        tag(" alarm", "ACTIVE");
    }
    if states.contains(&"head") {
        tag(" alarm", "at HEAD");
    } else if states.contains(&"removed") {
        tag("", "removed, still in history");
    }
    let class = if states.contains(&"pushed") {
        " alarm"
    } else {
        ""
    };
    tag(class, &facts.pushed(finding));
    if finding.expired {
        tag(" calm", "expired");
    }
    if let Some(canary) = finding.credential.details.canary {
        tag(" calm", &format!("canary: {canary}"));
    }
    if let Some(account) = &finding.account_id {
        tag("", &format!("account {}", facts.shown(account.as_bytes())));
    }
    tags.concat()
}

/// What is known, as terms and values; values are markup already.
fn about(facts: &Facts<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let (credential, exposure) = (&finding.credential, &finding.exposure);
    let mut rows: Vec<(&str, String)> = Vec::new();
    let mut row = |term, value: Option<String>| rows.extend(value.map(|value| (term, value)));
    let bytes = |value: Option<&str>| value.map(|v| name(facts, v.as_bytes()));
    row("Access key ID", bytes(credential.access_key_id.as_deref()));
    let masked = "<span class=\"mono\">****************</span>".to_owned();
    row("Secret", credential.secret.as_ref().map(|_| masked.clone()));
    row("Session token", credential.token.as_ref().map(|_| masked));
    row("Account", bytes(finding.account_id.as_deref()));
    row("User", bytes(credential.details.user.as_deref()));
    row("Region", bytes(credential.details.region.as_deref()));
    row("Signed by", bytes(credential.details.signed_by.as_deref()));
    let expires = credential.details.expires;
    row(
        "Expires",
        expires.map(|time| text(&crate::model::utc(time))),
    );
    row("Submodule", bytes(finding.submodule.as_deref()));
    row("Validity", validity(facts, finding));
    let commit = |stamp: &crate::model::CommitStamp| {
        let author = name(facts, &stamp.author);
        format!(
            "<span class=\"mono\">{}</span> by {author}",
            text(&facts.stamp(stamp))
        )
    };
    row("Introduced", exposure.introduced.as_ref().map(commit));
    row("Removed", exposure.removed.as_ref().map(commit));
    row("Held in", Facts::held_in(exposure).map(|held| text(&held)));
    row("Reachable from", refs(facts, finding));
    row("Pushed", Some(text(&facts.pushed(finding))));
    row("Held by", held(facts, finding));
    row(
        "Confidence",
        Some(format!(
            "{}, rule {}",
            finding.confidence().name(),
            text(credential.rule)
        )),
    );
    row(
        "Fingerprint",
        Some(format!(
            "<span class=\"mono\">{}</span>",
            finding.fingerprint
        )),
    );
    writeln!(out, "<dl class=\"facts\">")?;
    for (term, value) in rows {
        writeln!(out, "<dt>{term}</dt><dd>{value}</dd>")?;
    }
    writeln!(out, "</dl>")
}

fn validity(facts: &Facts<'_>, finding: &Finding) -> Option<String> {
    let validity = &finding.validity;
    if validity.state == ValidityState::NotChecked {
        return None;
    }
    let mut parts = vec![validity.state.name().to_owned()];
    let details = [&validity.arn, &validity.reason, &validity.checked_at];
    parts.extend(
        details
            .into_iter()
            .flatten()
            .map(|d| facts.shown(d.as_bytes())),
    );
    Some(text(&parts.join(", ")))
}

fn refs(facts: &Facts<'_>, finding: &Finding) -> Option<String> {
    let exposure = &finding.exposure;
    if exposure.traced == Traced::No {
        return None;
    }
    let total = exposure.ref_count.max(exposure.refs.len() as u64);
    if total == 0 {
        return Some("no ref".to_owned());
    }
    let shown = exposure.refs.iter().take(REFS_MAX);
    let mut names: Vec<String> = shown.map(|r| name(facts, r.as_bytes())).collect();
    let more = total.saturating_sub(names.len() as u64);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    Some(names.join(", "))
}

fn held(facts: &Facts<'_>, finding: &Finding) -> Option<String> {
    let held = finding.exposure.held_by.iter().take(REFS_MAX);
    let held: Vec<String> = held
        .map(|h: &Held| text(&facts.shown(h.describe().as_bytes())))
        .collect();
    (!held.is_empty()).then(|| held.join(", "))
}

fn places(facts: &Facts<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Part</th><th scope=\"col\">Place</th>\
         <th scope=\"col\">Line</th><th scope=\"col\">Commit</th><th scope=\"col\">Encoded as</th></tr></thead>\n<tbody>"
    )?;
    for (occurrence, spot) in facts.spots(finding).take(PLACES_MAX) {
        let encodings: Vec<&str> = occurrence.encodings.iter().map(|e| e.name()).collect();
        let line = match (spot.line, spot.column) {
            (Some(line), Some(column)) => format!("{line}:{column}"),
            _ => String::new(),
        };
        let commit = spot.commit.unwrap_or_default();
        let more = match occurrence.path_count {
            0 | 1 => String::new(),
            n => format!(" <span class=\"muted\">and {} other paths</span>", n - 1),
        };
        writeln!(
            out,
            "<tr><td class=\"short\">{}</td><td class=\"mono\"><bdi>{}</bdi>{more}</td><td class=\"mono short\">{line}</td>\
             <td class=\"mono short\">{}</td><td class=\"short\">{}</td></tr>",
            occurrence.part.name(),
            text(&spot.name),
            &commit[..commit.len().min(10)],
            encodings.join(" in "),
        )?;
    }
    let more = finding.occurrences.len().saturating_sub(PLACES_MAX);
    if more > 0 {
        writeln!(
            out,
            "<tr><td colspan=\"5\" class=\"muted\">and {more} more; the JSON report has them all</td></tr>"
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}
