//! The plan as data: steps that Markdown, JSON and the script are made of.

use std::collections::BTreeMap;

use serde::Serialize;

/// What a step is for, in the order in which phases follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Make the key useless.
    Contain,
    /// See what was done with it.
    Investigate,
    /// Put something better in its place.
    Rotate,
    /// Take it out of history.
    Rewrite,
    /// Show that it is gone.
    Prove,
    /// See to it that it does not happen again.
    Prevent,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Phase; 6] = [
        Phase::Contain,
        Phase::Investigate,
        Phase::Rotate,
        Phase::Rewrite,
        Phase::Prove,
        Phase::Prevent,
    ];

    /// The name that JSON and the script use.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Contain => "contain",
            Phase::Investigate => "investigate",
            Phase::Rotate => "rotate",
            Phase::Rewrite => "rewrite",
            Phase::Prove => "prove",
            Phase::Prevent => "prevent",
        }
    }
}

/// Who must do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Whoever holds the plan.
    You,
    /// An administrator of the AWS account.
    Administrator,
    /// Whoever may sign in as root, or the organization's management account.
    Root,
    /// Whoever administers the git host, or its support.
    Host,
    /// Everybody who has a clone.
    Colleagues,
}

impl Who {
    /// The name that texts use.
    pub const fn name(self) -> &'static str {
        match self {
            Who::You => "you",
            Who::Administrator => "administrator",
            Who::Root => "root",
            Who::Host => "host",
            Who::Colleagues => "colleagues",
        }
    }
}

/// Where a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The script runs its commands.
    Script,
    /// In a console, on the host's pages, or by hand: the script only says so.
    ByHand,
}

/// Whether it is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// To be done.
    Open,
    /// Done for all its findings.
    Done,
}

/// A text of the catalogue, with what stands in its gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Which text.
    pub key: &'static str,
    /// Gaps by name. The values are our own words or checked: IDs, numbers, quoted names.
    pub gaps: BTreeMap<&'static str, String>,
}

impl Text {
    /// A text without gaps.
    pub fn new(key: &'static str) -> Text {
        Text {
            key,
            gaps: BTreeMap::new(),
        }
    }

    /// Fills one gap.
    #[must_use]
    pub fn with(mut self, gap: &'static str, value: impl Into<String>) -> Text {
        self.gaps.insert(gap, value.into());
        self
    }
}

/// How a step is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// By commands.
    Commands(Vec<String>),
    /// Nothing was changed.
    Nothing,
    /// It cannot be undone.
    Cannot,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which phase.
    pub phase: Phase,
    /// What to do: the text `step.KEY.title`, and `step.KEY.why` for the reason.
    pub text: Text,
    /// Only then, if it depends on what turns up.
    pub when: Option<Text>,
    /// Commands of bash, with everything from the repository quoted.
    pub commands: Vec<String>,
    /// How to see that it worked.
    pub check: Vec<String>,
    /// How to take it back.
    pub undo: Undo,
    /// Who must do it.
    pub who: Who,
    /// Where.
    pub place: Place,
    /// Whether it is done.
    pub state: StepState,
    /// Fingerprints it is for.
    pub findings: Vec<String>,
    /// Lines to read: names, places, figures.
    pub details: Vec<Text>,
}

impl Step {
    /// A step that changes nothing yet, for these findings.
    pub fn new(phase: Phase, key: &'static str, findings: &[String]) -> Step {
        Step {
            phase,
            text: Text::new(key),
            when: None,
            commands: Vec::new(),
            check: Vec::new(),
            undo: Undo::Nothing,
            who: Who::You,
            place: Place::Script,
            state: StepState::Open,
            findings: findings.to_vec(),
            details: Vec::new(),
        }
    }

    /// Adds commands.
    #[must_use]
    pub fn run<S: Into<String>>(mut self, commands: impl IntoIterator<Item = S>) -> Step {
        self.commands.extend(commands.into_iter().map(Into::into));
        self
    }

    /// Adds checks.
    #[must_use]
    pub fn check<S: Into<String>>(mut self, commands: impl IntoIterator<Item = S>) -> Step {
        self.check.extend(commands.into_iter().map(Into::into));
        self
    }

    /// Says how to take it back.
    #[must_use]
    pub fn undo<S: Into<String>>(mut self, commands: impl IntoIterator<Item = S>) -> Step {
        self.undo = Undo::Commands(commands.into_iter().map(Into::into).collect());
        self
    }

    /// It cannot be undone.
    #[must_use]
    pub fn final_(mut self) -> Step {
        self.undo = Undo::Cannot;
        self
    }

    /// Who must do it.
    #[must_use]
    pub fn by(mut self, who: Who) -> Step {
        self.who = who;
        self
    }

    /// Nothing for a script.
    #[must_use]
    pub fn by_hand(mut self) -> Step {
        self.place = Place::ByHand;
        self
    }

    /// Only then.
    #[must_use]
    pub fn when(mut self, text: Text) -> Step {
        self.when = Some(text);
        self
    }

    /// Fills a gap of its texts.
    #[must_use]
    pub fn with(mut self, gap: &'static str, value: impl Into<String>) -> Step {
        self.text = self.text.with(gap, value);
        self
    }

    /// Adds a line to read.
    #[must_use]
    pub fn detail(mut self, text: Text) -> Step {
        self.details.push(text);
        self
    }
}

/// All steps, in order, and what they are for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// One picture of each finding, in words.
    pub pictures: Vec<Picture>,
    /// True if it goes to a terminal, without a script and a report beside it.
    pub is_printed: bool,
    /// Variables that commands use, as words of bash.
    pub variables: Vec<(&'static str, String)>,
}

/// A finding as the plan sees it.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its fingerprint.
    pub fingerprint: String,
    /// Its access key ID, or its kind.
    pub name: String,
    /// The path that its plan takes: a name of [`super::Situation`].
    pub situation: &'static str,
    /// How far its remediation has come.
    pub progress: &'static str,
    /// Sentences.
    pub sentences: Vec<Text>,
}
