//! A page without a script, and a part of the page of findings: the course as a picture, what
//! stands, who the key became.
//!
//! Nothing is loaded. Every name from a log goes through [`text`]: it is text on the page, never
//! markup, and shows what cannot be seen.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::model::{Investigation, Standing, TrailResource, utc};
use crate::report::human::wording::{count, plural};
use crate::report::{escape, junit};

const PAGE: &str = include_str!("page.css");
/// What the part needs, wherever it stands.
pub(in crate::report) const STYLE: &str = include_str!("part.css");
/// Lanes of the picture, one for each identity.
const LANES_MAX: usize = 60;
/// Steps listed below it.
const STEPS_MAX: usize = 500;
/// Pixels: a lane's height, the width of all, where the names end.
const LANE: usize = 22;
const WIDTH: usize = 1000;
const NAMES: usize = 300;

/// A name from a log as it may stand in HTML, also between quotes.
fn text(name: &str) -> String {
    junit::xml(&escape(name.as_bytes()))
}

pub(super) fn write(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    let style = format!("{PAGE}{STYLE}");
    let digest = data_encoding::BASE64.encode(&Sha256::digest(style.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>keysweep: what was done with a key</title>\n<style>{style}</style>\n</head>\n<body>"
    )?;
    part(found, out)?;
    writeln!(out, "</body>\n</html>")
}

/// The part of a page.
pub(in crate::report) fn part(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<section class=\"trail\" aria-labelledby=\"trail\">\n\
         <h2 id=\"trail\">What was done with the keys</h2>"
    )?;
    coverage(found, out)?;
    standing(found, out)?;
    picture(found, out)?;
    identities(found, out)?;
    course(found, out)?;
    writeln!(out, "</section>")
}

fn coverage(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &found.coverage;
    writeln!(
        out,
        "<div class=\"panel\">\n<h3>Covered</h3>\n<p>{}",
        plural(coverage.records, "record")
    )?;
    if let (Some(first), Some(last)) = (coverage.first, coverage.last) {
        writeln!(out, " from {} to {}", utc(first), utc(last))?;
    }
    writeln!(out, "</p>\n<ul>")?;
    for gap in &coverage.gaps {
        let file = junit::xml(&escape(&gap.file));
        writeln!(
            out,
            "<li class=\"bad\">not read: {} <bdi>{file}</bdi> {}</li>",
            gap.kind,
            text(&gap.detail)
        )?;
    }
    for sentence in &coverage.blind {
        writeln!(out, "<li>{}</li>", text(sentence))?;
    }
    writeln!(out, "</ul>\n</div>")
}

fn standing(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<&TrailResource> = found.standing().collect();
    let title = plural(all.len() as u64, "thing");
    writeln!(
        out,
        "<div class=\"panel\">\n<h3>Still standing: {title}</h3>\n<table>"
    )?;
    for resource in all {
        let verb = match resource.standing {
            Standing::Changed => "changed",
            Standing::Stands | Standing::Gone => "made",
        };
        writeln!(
            out,
            "<tr><td>{}</td><td>{} <bdi>{}</bdi><br>{verb} {} with {}</td><td><bdi>{}</bdi> <bdi>{}</bdi></td><td>",
            resource.group.name(),
            text(&resource.what),
            text(&resource.id),
            utc(resource.made),
            text(&resource.call),
            text(&resource.account),
            text(resource.region.as_deref().unwrap_or("")),
        )?;
        // Commands are quoted for a shell already, and hold nothing that cannot be seen.
        for command in resource.show.iter().chain(&resource.remove) {
            writeln!(out, "<code>{}</code>", junit::xml(command))?;
        }
        writeln!(out, "</td></tr>")?;
    }
    writeln!(out, "</table>\n</div>")
}

/// A lane for each identity: a bar from its first call to its last, and a mark for what it made.
fn picture(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    let times = || found.timeline.iter().map(|step| step.time);
    let (Some(from), Some(to)) = (times().min(), times().max()) else {
        return Ok(());
    };
    let shown = found.identities.len().min(LANES_MAX);
    let place = |time: i64| {
        let part = (i128::from(time) - i128::from(from)) as f64
            / (i128::from(to) - i128::from(from)).max(1) as f64;
        NAMES as f64 + part.clamp(0.0, 1.0) * (WIDTH - NAMES - 10) as f64
    };
    let height = LANE * (shown + 1);
    writeln!(
        out,
        "<div class=\"panel\">\n<h3>Course</h3>\n<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Identities over time\">\n\
         <text x=\"{NAMES}\" y=\"14\">{}</text><text x=\"{}\" y=\"14\" class=\"end\">{}</text>",
        utc(from),
        WIDTH - 10,
        utc(to)
    )?;
    for subject in &found.subjects {
        if let Some(time) = subject.introduced {
            let x = place(time);
            writeln!(
                out,
                "<line class=\"leak\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"18\" y2=\"{height}\"><title>came into git</title></line>"
            )?;
        }
    }
    for (lane, identity) in found.identities.iter().take(shown).enumerate() {
        let y = LANE * (lane + 1);
        let label: String = identity.id.chars().take(40).collect();
        writeln!(
            out,
            "<text x=\"0\" y=\"{}\">{}</text>",
            y + 15,
            text(&label)
        )?;
        if let (Some(first), Some(last)) = (identity.first, identity.last) {
            let (x, end) = (place(first), place(last));
            let width = (end - x).max(3.0);
            writeln!(
                out,
                "<rect class=\"bar\" x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"8\"><title>{}</title></rect>",
                y + 7,
                plural(identity.events, "call")
            )?;
        }
        for resource in found
            .resources
            .iter()
            .filter(|resource| resource.identity == lane)
        {
            writeln!(
                out,
                "<circle class=\"{}\" cx=\"{:.1}\" cy=\"{}\" r=\"5\"><title>{} {}</title></circle>",
                resource.standing.name(),
                place(resource.made),
                y + 11,
                text(&resource.what),
                text(&resource.id)
            )?;
        }
    }
    writeln!(
        out,
        "</svg>\n<p class=\"key\"><span class=\"leak\">came into git</span> <span \
         class=\"bar\">calls, from the first to the last</span> <span class=\"stands\">made, and \
         stands</span> <span class=\"changed\">changed</span> <span class=\"gone\">made, and gone \
         again</span></p>\n</div>"
    )
}

fn identities(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"panel\">\n<h3>What the key became</h3>\n<table>"
    )?;
    for (number, identity) in found.identities.iter().enumerate() {
        let parent = identity
            .parent
            .map_or_else(String::new, |parent| format!("from {parent}"));
        writeln!(
            out,
            "<tr><td>{number}</td><td>{}</td><td><bdi>{}</bdi> <bdi>{}</bdi></td><td>{parent} {}</td><td>{}, {} denied</td></tr>",
            identity.kind.name(),
            text(&identity.id),
            text(identity.name.as_deref().unwrap_or("")),
            text(identity.made_by.as_deref().unwrap_or("")),
            plural(identity.events, "call"),
            count(identity.denied)
        )?;
    }
    writeln!(out, "</table>\n</div>")
}

fn course(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<div class=\"panel\">\n<h3>Steps</h3>\n<table>")?;
    for step in found.timeline.iter().take(STEPS_MAX) {
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            utc(step.time),
            step.kind,
            text(&step.what)
        )?;
    }
    writeln!(out, "</table>")?;
    if found.timeline.len() > STEPS_MAX {
        writeln!(
            out,
            "<p>and {} more, in the JSON report</p>",
            count((found.timeline.len() - STEPS_MAX) as u64)
        )?;
    }
    writeln!(out, "</div>")
}
