//! One finding in words that a tired person understands.

use super::case::{Leak, Spread, Survey, Wishes};
use super::quote::code;
use super::situation::{Partition, Reach, Situation};
use super::state::Progress;
use super::step::{Picture, Text};

/// Most names that are listed.
const NAMED_MAX: usize = 10;

/// The picture of one finding.
pub(super) fn picture(
    leak: &Leak,
    wishes: &Wishes,
    survey: &Survey,
    reach: Reach,
    progress: Progress,
) -> Picture {
    let situation = Situation::of(leak, wishes);
    let mut sentences = vec![situation_text(situation)];
    if let Some(account) = &leak.account_id {
        let text = Text::new("picture.account").with("account", account.as_str());
        sentences.push(text.with("partition", Partition::of(leak).name()));
    }
    sentences.push(validity(leak));
    if let Some(listed) = &leak.inventory {
        sentences.push(Text::new(match listed.state.as_str() {
            "active" => "picture.listed-active",
            "inactive" => "picture.listed-inactive",
            "deleted" => "picture.listed-deleted",
            _ => "picture.not-listed",
        }));
    }
    let exposure = &leak.exposure;
    sentences.extend(history(exposure));
    let refs = exposure.refs.iter().flatten();
    let refs: Vec<String> = refs
        .take(NAMED_MAX)
        .map(|name| code(name.as_bytes()))
        .collect();
    if !refs.is_empty() {
        let text = Text::new("picture.refs").with("refs", refs.join(", "));
        sentences.push(text.with("count", exposure.ref_count.unwrap_or(0).to_string()));
    }
    // Reflogs say what refs say; only where no ref reaches it they say more.
    let alone = exposure.ref_count.unwrap_or(0) == 0;
    let held = exposure
        .held_by
        .iter()
        .filter(|held| alone || !matches!(held.kind.as_str(), "reflog" | "index"));
    let held = held.filter_map(|held| Some(format!("{} {}", held.kind, held.name.as_ref()?)));
    let held: Vec<String> = held
        .take(NAMED_MAX)
        .map(|name| code(name.as_bytes()))
        .collect();
    if !held.is_empty() {
        sentences.push(Text::new("picture.held").with("held", held.join(", ")));
    }
    sentences.push(spread(leak, reach));
    if survey
        .holders
        .values()
        .flatten()
        .any(|print| *print == leak.fingerprint)
    {
        sentences.push(Text::new(match reach {
            Reach::Pushed | Reach::Here | Reach::Unknown => "picture.in-use-pushed",
            Reach::Local | Reach::WorkTree => "picture.in-use",
        }));
    }
    let name = leak
        .access_key_id
        .clone()
        .unwrap_or_else(|| leak.kind.clone());
    Picture {
        fingerprint: leak.fingerprint.clone(),
        name,
        situation: situation.name(),
        progress: progress.name(),
        sentences,
    }
}

/// When it came, when it went, and how many have it.
fn history(exposure: &Spread) -> Vec<Text> {
    let mut sentences = Vec::new();
    if let Some(stamp) = &exposure.introduced {
        let text = Text::new("picture.introduced").with("commit", short(&stamp.commit));
        let text = text.with("author", code(stamp.author.as_bytes()));
        sentences.push(text.with("date", day(stamp.date.as_deref())));
    }
    if let Some(stamp) = &exposure.removed {
        let text = Text::new("picture.removed").with("commit", short(&stamp.commit));
        sentences.push(text.with("date", day(stamp.date.as_deref())));
    }
    if let (Some(commits @ 1..), Some(authors @ 1..)) =
        (exposure.commit_count, exposure.author_count)
    {
        let text = Text::new("picture.commits").with("commits", commits.to_string());
        sentences.push(text.with("authors", authors.to_string()));
    }
    match exposure.at_head {
        Some(true) => sentences.push(Text::new("picture.at-head")),
        Some(false) => sentences.push(Text::new("picture.not-at-head")),
        None => {}
    }
    sentences
}

fn situation_text(situation: Situation) -> Text {
    Text::new(match situation {
        Situation::Canary => "situation.canary",
        Situation::Dead => "situation.dead",
        Situation::Foreign => "situation.foreign-account",
        Situation::Root => "situation.root-key",
        Situation::UserKey => "situation.user-key",
        Situation::IdAlone => "situation.id-alone",
        Situation::SecretAlone => "situation.secret-alone",
        Situation::Role => "situation.role-session",
        Situation::Temporary => "situation.temporary-key",
        Situation::ServiceSpecific => "situation.service-specific",
        Situation::BedrockShortTerm => "situation.bedrock-short-term",
        Situation::Smtp => "situation.ses-smtp",
        Situation::AppSync => "situation.appsync",
        Situation::CloudFront => "situation.cloudfront",
        Situation::ShortLived => "situation.short-lived",
        Situation::Mws => "situation.mws",
        Situation::Custom => "situation.custom",
    })
}

fn validity(leak: &Leak) -> Text {
    Text::new(match leak.validity.state.as_str() {
        "active" => "picture.active",
        "not-valid" | "expired" => "picture.inactive",
        _ => "picture.unverified",
    })
}

fn spread(leak: &Leak, reach: Reach) -> Text {
    let remotes = leak.exposure.pushed_to.iter().flatten();
    let remotes: Vec<String> = remotes
        .take(NAMED_MAX)
        .map(|r| code(r.as_bytes()))
        .collect();
    match reach {
        Reach::Pushed => Text::new("picture.pushed").with("remotes", remotes.join(", ")),
        Reach::Here => Text::new("picture.here"),
        Reach::Local => Text::new("picture.local"),
        Reach::Unknown => Text::new("picture.unknown"),
        Reach::WorkTree => Text::new("picture.work-tree"),
    }
}

fn short(commit: &str) -> String {
    code(commit.get(..10).unwrap_or(commit).as_bytes())
}

fn day(date: Option<&str>) -> String {
    let day = date.and_then(|date| date.get(..10)).unwrap_or("?");
    code(day.as_bytes())
}
