//! What is remembered comes back as it was, and of each value one holder is read again.

use super::*;
use crate::model::{
    About, Confidence, Encoding, Field, Inner, Naming, Part, Position, Says, Secret, Span,
};
use crate::testkeys::Keys;

fn lists() -> (RuleSet, Placeholders) {
    (
        RuleSet::builtin().unwrap(),
        Placeholders::builtin().unwrap(),
    )
}

fn object(n: u8) -> ObjectId {
    ObjectId::from_bytes(&[n; 20]).unwrap()
}

/// A secret in an object.
fn hit(rules: &RuleSet, n: u8, at: u64, value: &str) -> Hit {
    let is_secret = |rule: &&crate::rules::Rule| rule.part == Part::Secret && rule.kind.is_none();
    let rule = rules.rules().iter().find(is_secret).unwrap();
    Hit {
        rule: rule.id,
        part: rule.part,
        value: Secret::new(value.as_bytes().to_vec()),
        place: Place::Object {
            id: object(n),
            kind: ObjectKind::Blob,
        },
        field: Field::Content,
        span: Span {
            start: at,
            end: at + value.len() as u64,
        },
        position: Position { line: 3, column: 7 },
        encodings: vec![Encoding::Base64],
        confidence: Confidence::Medium,
        section: 5,
        stem: 9,
        labelled: true,
        placeholder: None,
        about: About {
            alone: rule.alone,
            naming: Naming {
                says: Says::Doubtful,
                commented: true,
                generic: false,
            },
            ..About::default()
        },
        inner: Some(Inner {
            view: 1,
            span: Span { start: 1, end: 2 },
            line: 1,
        }),
    }
}

/// What is remembered, with nothing recalled and nothing needed.
fn settle(
    hits: &[Hit],
    lists: &(RuleSet, Placeholders),
    recalled: &[u8],
    max: usize,
) -> Remembered {
    let recalled = recalled.iter().map(|n| object(*n)).collect();
    let outlines = Outlines::of(hits, &[], (&lists.0, &lists.1));
    outlines.settle_within(max, &HashSet::new(), &recalled)
}

fn objects(known: &[Outlined]) -> Vec<ObjectId> {
    known.iter().map(|known| known.object).collect()
}

#[test]
fn of_the_objects_with_a_value_one_stays() {
    let lists = lists();
    let mut keys = Keys::new(60);
    let (one, other) = (keys.secret(), keys.secret());
    let hits: Vec<Hit> = [
        (1, 10, &one),
        (2, 20, &one),
        (2, 90, &other),
        (3, 30, &one),
        (4, 40, &other),
    ]
    .into_iter()
    .map(|(n, at, value)| hit(&lists.0, n, at, value))
    .collect();
    let remembered = settle(&hits, &lists, &[], 100);
    assert_eq!(remembered.seen.len(), 2);
    let stay: BTreeSet<ObjectId> = remembered.seen.iter().map(|spot| spot.object).collect();
    let left_out = objects(&remembered.traced);
    assert!(left_out.iter().all(|id| !stay.contains(id)));
    assert_eq!(stay.len() + left_out.len(), 4);
    // From what was found where they stand the others come back as they were.
    let read: Vec<Hit> = hits
        .iter()
        .filter(|hit| matches!(hit.place, Place::Object { id, .. } if stay.contains(&id)))
        .cloned()
        .collect();
    let bytes = serde_json::to_vec(&remembered).unwrap();
    let remembered: Remembered = serde_json::from_slice(&bytes).unwrap();
    let values = remembered.values(&read, &lists.0);
    for known in &remembered.traced {
        let again = known.hits(&values, (&lists.0, &lists.1)).unwrap();
        let whole = hits
            .iter()
            .filter(|hit| matches!(hit.place, Place::Object { id, .. } if id == known.object));
        let text = |hit: &Hit| format!("{hit:?} {}", hit.value.sha256());
        assert_eq!(
            again.iter().map(text).collect::<Vec<_>>(),
            whole.map(text).collect::<Vec<_>>()
        );
    }
    // And from nothing else.
    let values = remembered.values(&[], &lists.0);
    let lost = remembered.traced[0].hits(&values, (&lists.0, &lists.1));
    assert!(lost.is_none());
}

#[test]
fn what_was_recalled_is_never_read_for_its_value_and_never_forgotten() {
    let lists = lists();
    let mut keys = Keys::new(61);
    let value = keys.secret();
    let hits: Vec<Hit> = (1..=6).map(|n| hit(&lists.0, n, 10, &value)).collect();
    let recalled = [1, 4, 6];
    for max in 3..7 {
        let remembered = settle(&hits, &lists, &recalled, max);
        assert!(!recalled.map(object).contains(&remembered.seen[0].object));
        let kept = objects(&remembered.traced);
        assert_eq!(kept.len(), max.min(5));
        assert!(recalled.iter().all(|n| kept.contains(&object(*n))), "{max}");
    }
}

#[test]
fn a_place_of_two_values_tells_of_none() {
    let lists = lists();
    let mut keys = Keys::new(62);
    let (one, other) = (keys.secret(), keys.secret());
    let hits = [
        hit(&lists.0, 1, 10, &one),
        hit(&lists.0, 1, 10, &other),
        hit(&lists.0, 2, 10, &other),
        hit(&lists.0, 3, 10, &other),
    ];
    let remembered = settle(&hits, &lists, &[], 100);
    assert_eq!(remembered.seen[0].object, object(2));
    // Of the first value nothing is certain, so its object is read.
    assert_eq!(objects(&remembered.traced), [object(3)]);
}

#[test]
fn examples_are_apart_and_bounds_and_names_bar_an_object() {
    let lists = lists();
    let mut keys = Keys::new(63);
    let (value, said) = (keys.secret(), keys.secret());
    let example = |n| Hit {
        placeholder: Some(crate::model::SuppressionReason::Placeholder),
        ..hit(&lists.0, n, 10, &said)
    };
    let named = Hit {
        field: Field::Message,
        ..hit(&lists.0, 4, 50, &value)
    };
    let hits = [
        example(1),
        example(2),
        hit(&lists.0, 3, 10, &value),
        hit(&lists.0, 4, 10, &value),
        named,
        hit(&lists.0, 5, 10, &value),
    ];
    let limit = |n, kind| Limit {
        kind,
        object: Some(object(n)),
        detail: "so much".to_owned(),
    };
    let limits = [
        limit(2, "container-size"),
        limit(3, "encoded-depth"),
        limit(5, "of another kind"),
        limit(6, "lfs-pointer"),
    ];
    let outlines = Outlines::of(&hits, &limits, (&lists.0, &lists.1));
    let remembered = outlines.settle(&HashSet::new(), &HashSet::new());
    assert_eq!(objects(&remembered.untraced), [object(2), object(6)]);
    assert_eq!(objects(&remembered.traced), [object(3)]);
    let again = remembered.untraced.iter();
    let again: Vec<_> = again.map(|known| remembered.limits(known)).collect();
    assert_eq!(again, [0, 3].map(|n| Some(vec![limits[n].clone()])));
    let stay: Vec<ObjectId> = remembered.seen.iter().map(|spot| spot.object).collect();
    assert!(stay.contains(&object(1)) && stay.contains(&object(4)));
    let remembered = remembered.tracing(|known| !known.hits.is_empty());
    assert_eq!(objects(&remembered.untraced), [object(6)]);
    let all = remembered.tracing(|_| true);
    assert_eq!((all.untraced.len(), all.traced.len()), (0, 3));
}
