//! The credential report: CSV with a line for each user. It names no key, but tells how many there
//! are, whether root has some, and when each was last used.

/// A key in the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReportKey {
    pub(super) is_active: bool,
    pub(super) rotated: String,
    pub(super) last_used: Option<String>,
    pub(super) last_service: Option<String>,
    pub(super) last_region: Option<String>,
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReportRow {
    pub(super) user: String,
    pub(super) account: String,
    pub(super) is_root: bool,
    pub(super) keys: Vec<ReportKey>,
}

/// True for the report's header.
pub(super) fn is_header(line: &str) -> bool {
    line.trim_start_matches('\u{feff}').starts_with("user,arn,")
}

/// Reads the report; lines that do not fit are counted.
pub(super) fn rows(text: &str) -> (Vec<ReportRow>, usize) {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().unwrap_or("").split(',').collect();
    let (mut rows, mut odd) = (Vec::new(), 0);
    for line in lines.filter(|line| !line.trim().is_empty() && !is_header(line)) {
        match row(&header, line) {
            Some(row) => rows.push(row),
            None => odd += 1,
        }
    }
    (rows, odd)
}

fn row(header: &[&str], line: &str) -> Option<ReportRow> {
    // IAM allows no comma and no quote in what the report prints, but in user names: those of them
    // with a comma stand before the ARN, which has one as well.
    let cells: Vec<&str> = line.split(',').collect();
    let extra = cells.len().checked_sub(header.len())?;
    if !extra.is_multiple_of(2) {
        return None;
    }
    let user = cells[..=extra / 2].join(",");
    let arn = cells[extra / 2 + 1..=extra + 1].join(",");
    let rest = &cells[extra..];
    let cell = |name: &str| {
        let at = header.iter().position(|column| *column == name)?;
        rest.get(at)
            .copied()
            .filter(|text| !matches!(*text, "N/A" | "no_information" | ""))
    };
    let account = arn.split(':').nth(4)?.to_owned();
    let key = |number: u8| {
        let of = |what: &str| cell(&format!("access_key_{number}_{what}"));
        let rotated = of("last_rotated")?.to_owned();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(ReportKey {
            is_active: of("active") == Some("true"),
            rotated,
            last_used: owned(of("last_used_date")),
            last_service: owned(of("last_used_service")),
            last_region: owned(of("last_used_region")),
        })
    };
    let mut keys: Vec<ReportKey> = [1, 2].into_iter().filter_map(key).collect();
    for number in [1, 2] {
        // Root's keys have no date of rotation in some reports.
        let active = cell(&format!("access_key_{number}_active")) == Some("true");
        if active && !keys.iter().any(|key| key.is_active) {
            keys.push(ReportKey {
                is_active: true,
                ..ReportKey::default()
            });
        }
    }
    Some(ReportRow {
        is_root: user == "<root_account>",
        user,
        account,
        keys,
    })
}
