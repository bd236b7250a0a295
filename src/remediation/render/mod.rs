//! One plan, three forms.

mod json;
mod markdown;
mod readable;
mod script;

pub use json::json;
pub use markdown::markdown;
pub use script::script;

use super::step::{Phase, Step};

/// Each step with its name: the phase, and its number in it.
fn numbered(steps: &[Step]) -> Vec<(String, &Step)> {
    let mut counts = [0_usize; Phase::ALL.len()];
    steps
        .iter()
        .map(|step| {
            let count = &mut counts[step.phase as usize];
            *count += 1;
            (format!("{}-{count}", step.phase.name()), step)
        })
        .collect()
}

/// The key of one of a step's texts.
fn key(step: &Step, which: &str) -> String {
    format!("{}.{}.{which}", step.phase.name(), step.text.key)
}
