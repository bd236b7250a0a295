//! Checks JSON against the part of JSON Schema (draft 4) that the schemas beside it use.

use serde_json::{Map, Value};

/// Words that say something to people only.
const IGNORED: [&str; 4] = ["$schema", "id", "format", "definitions"];

/// What is wrong with a document, one line each.
pub(crate) fn violations(schema: &Value, document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(schema, schema, document, "", &mut wrong);
    wrong
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let schema = schema.as_object().expect("a schema is an object");
    for (word, rule) in schema {
        match word.as_str() {
            word if IGNORED.contains(&word) => {}
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                let target = root.pointer(pointer).expect("it leads somewhere");
                check(root, target, value, at, wrong);
            }
            "type" => {
                let ok = match rule {
                    Value::Array(names) => names.iter().any(|name| is(name, value)),
                    name => is(name, value),
                };
                say(ok, at, "type", rule, wrong);
            }
            "enum" => say(
                rule.as_array().unwrap().contains(value),
                at,
                "enum",
                rule,
                wrong,
            ),
            "anyOf" | "oneOf" => {
                let fits = |s: &&Value| violations_of(root, s, value).is_empty();
                let n = rule.as_array().unwrap().iter().filter(fits).count();
                say(
                    if word == "oneOf" { n == 1 } else { n > 0 },
                    at,
                    word,
                    rule,
                    wrong,
                );
            }
            _ => match value {
                Value::Object(object) => on_object(root, schema, (word, rule), object, at, wrong),
                Value::Array(items) => on_array(root, (word, rule), items, at, wrong),
                other => on_scalar((word, rule), other, at, wrong),
            },
        }
    }
}

fn violations_of(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(root, schema, value, "", &mut wrong);
    wrong
}

fn is(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("a type {other}"),
    }
}

fn on_object(
    root: &Value,
    schema: &Map<String, Value>,
    (word, rule): (&String, &Value),
    object: &Map<String, Value>,
    at: &str,
    wrong: &mut Vec<String>,
) {
    match word.as_str() {
        "required" => {
            for name in rule.as_array().unwrap() {
                let has = object.contains_key(name.as_str().unwrap());
                say(has, at, "required", name, wrong);
            }
        }
        "properties" => {
            for (name, inner) in rule.as_object().unwrap() {
                if let Some(value) = object.get(name) {
                    check(root, inner, value, &format!("{at}/{name}"), wrong);
                }
            }
        }
        "additionalProperties" => {
            let known = schema.get("properties").and_then(Value::as_object);
            for (name, value) in object {
                if known.is_some_and(|known| known.contains_key(name)) {
                    continue;
                }
                let at = format!("{at}/{name}");
                match rule {
                    Value::Bool(allowed) => say(*allowed, &at, "additionalProperties", rule, wrong),
                    inner => check(root, inner, value, &at, wrong),
                }
            }
        }
        other => is_known(other),
    }
}

fn on_array(
    root: &Value,
    (word, rule): (&String, &Value),
    items: &[Value],
    at: &str,
    wrong: &mut Vec<String>,
) {
    match word.as_str() {
        "items" => {
            for (n, item) in items.iter().enumerate() {
                check(root, rule, item, &format!("{at}/{n}"), wrong);
            }
        }
        "minItems" => say(
            items.len() as u64 >= rule.as_u64().unwrap(),
            at,
            word,
            rule,
            wrong,
        ),
        "uniqueItems" => {
            let twice = items
                .iter()
                .enumerate()
                .any(|(n, item)| items[..n].contains(item));
            say(!twice || rule == false, at, word, rule, wrong);
        }
        other => is_known(other),
    }
}

fn on_scalar((word, rule): (&String, &Value), value: &Value, at: &str, wrong: &mut Vec<String>) {
    match word.as_str() {
        "minimum" | "maximum" => {
            if let (Some(value), Some(bound)) = (value.as_f64(), rule.as_f64()) {
                let ok = if word == "minimum" {
                    value >= bound
                } else {
                    value <= bound
                };
                say(ok, at, word, rule, wrong);
            }
        }
        "minLength" | "maxLength" => {
            if let (Some(text), Some(bound)) = (value.as_str(), rule.as_u64()) {
                let len = text.chars().count() as u64;
                let ok = if word == "minLength" {
                    len >= bound
                } else {
                    len <= bound
                };
                say(ok, at, word, rule, wrong);
            }
        }
        "pattern" => {
            if let Some(text) = value.as_str() {
                let pattern = regex::Regex::new(rule.as_str().unwrap()).unwrap();
                say(pattern.is_match(text), at, word, rule, wrong);
            }
        }
        other => is_known(other),
    }
}

/// A word that says nothing of this kind of value; one that nobody knows is no pass.
fn is_known(word: &str) {
    let known = [
        "required",
        "properties",
        "additionalProperties",
        "items",
        "minItems",
        "uniqueItems",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
    ];
    assert!(
        known.contains(&word),
        "the schema says {word}, which is not checked"
    );
}

fn say(ok: bool, at: &str, word: &str, rule: &Value, wrong: &mut Vec<String>) {
    if !ok {
        wrong.push(format!("{at}: {word} {rule}"));
    }
}
