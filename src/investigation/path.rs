//! Paths into a record: `request.instancesSet.items[].instanceId|response.**`.

use serde_json::Value;

/// Texts taken from one record by one path, at most.
const FOUND_MAX: usize = 1000;

/// Alternatives; the first that finds anything counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<Way>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// A text of its own.
    Text(String),
    /// `resources[].ARN`
    Resources,
    Steps {
        root: &'static str,
        steps: Vec<Step>,
    },
    /// Several ways, joined by slashes.
    Joined(Vec<Way>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Items,
    All,
}

impl Path {
    /// Reads a path; `None` if it is none.
    pub(super) fn parse(text: &str) -> Option<Path> {
        text.split('|').map(way).collect::<Option<_>>().map(Path)
    }

    /// Every text it leads to, in the order of the record.
    pub(super) fn find(&self, record: &Value) -> Vec<String> {
        for way in &self.0 {
            let found = way.find(record);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}

fn way(text: &str) -> Option<Way> {
    if let Some(inner) = text.strip_prefix('\'') {
        return inner
            .strip_suffix('\'')
            .map(|text| Way::Text(text.to_owned()));
    }
    if text == "resources" {
        return Some(Way::Resources);
    }
    if text.contains('/') {
        return text
            .split('/')
            .map(way)
            .collect::<Option<_>>()
            .map(Way::Joined);
    }
    let mut names = text.split('.');
    let root = match names.next()? {
        "request" => "requestParameters",
        "response" => "responseElements",
        _ => return None,
    };
    let mut steps = Vec::new();
    for name in names {
        match name.strip_suffix("[]") {
            _ if name == "**" => steps.push(Step::All),
            Some(list) => steps.extend([Step::Member(list.to_owned()), Step::Items]),
            None => steps.push(Step::Member(name.to_owned())),
        }
    }
    Some(Way::Steps { root, steps })
}

impl Way {
    fn find(&self, record: &Value) -> Vec<String> {
        match self {
            Way::Text(text) => vec![text.clone()],
            Way::Resources => resources(record),
            Way::Joined(ways) => {
                let parts: Option<Vec<String>> = ways
                    .iter()
                    .map(|way| way.find(record).into_iter().next())
                    .collect();
                parts.map(|parts| parts.join("/")).into_iter().collect()
            }
            Way::Steps { root, steps } => {
                let mut values: Vec<&Value> = record.get(root).into_iter().collect();
                for step in steps {
                    values = match step {
                        Step::Member(name) => {
                            values.into_iter().filter_map(|v| member(v, name)).collect()
                        }
                        Step::Items => values.into_iter().flat_map(items).take(FOUND_MAX).collect(),
                        Step::All => return values.into_iter().flat_map(leaves).collect(),
                    };
                }
                values.into_iter().filter_map(text_of).collect()
            }
        }
    }
}

/// The ARNs that CloudTrail itself names.
pub(super) fn resources(record: &Value) -> Vec<String> {
    let list = record.get("resources").and_then(Value::as_array);
    let arns = list.into_iter().flatten().filter_map(|resource| {
        let arn = resource.get("ARN").or_else(|| resource.get("arn"));
        arn.and_then(Value::as_str).map(str::to_owned)
    });
    arns.take(FOUND_MAX).collect()
}

/// A member by its name; exports change the case of names.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| {
        let same =
            |(key, value): (&String, &'a Value)| key.eq_ignore_ascii_case(name).then_some(value);
        members.iter().find_map(same)
    })
}

/// Items of a list; a value that is no list is one item.
fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// Every text below a value.
fn leaves(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.values()),
            other => found.extend(text_of(other)),
        }
        if found.len() >= FOUND_MAX {
            break;
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A text or a number; nothing that is empty.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_where_they_say() {
        let record = serde_json::json!({
            "requestParameters": {"name": "a", "set": {"items": [{"id": "i-1"}, {"id": "i-2"}]}, "n": 3},
            "responseElements": {"x": {"y": ["deep"]}}, "resources": [{"ARN": "arn:x"}],
        });
        let find = |path: &str| Path::parse(path).unwrap().find(&record);
        assert_eq!(find("request.name"), ["a"]);
        assert_eq!(find("request.NAME"), ["a"]);
        assert_eq!(find("request.set.items[].id"), ["i-1", "i-2"]);
        assert_eq!(find("request.none|request.n"), ["3"]);
        assert_eq!(find("request.none|'default'"), ["default"]);
        assert_eq!(find("response.**"), ["deep"]);
        assert_eq!(find("request.name/request.n"), ["a/3"]);
        assert_eq!(find("resources"), ["arn:x"]);
        assert!(find("response.none").is_empty());
        assert_eq!(Path::parse("elsewhere.name"), None);
    }
}
