//! Pairing by what labels, headings and comment signs say.

use super::*;
use crate::model::Says;

impl Row {
    fn says(mut self, says: Says) -> Row {
        self.hits.last_mut().unwrap().hit.about.naming.says = says;
        self
    }

    fn commented(mut self) -> Row {
        self.hits.last_mut().unwrap().hit.about.naming.commented = true;
        self
    }

    fn stems(mut self, stems: &[u32]) -> Row {
        for (located, stem) in self.hits.iter_mut().zip(stems) {
            located.hit.stem = *stem;
        }
        self
    }
}

#[test]
fn headings_beat_nearness() {
    let row = Row::new("a")
        .add("I1", 0, 2)
        .add("b1", 21, 2)
        .says(Says::Other)
        .add("b2", 62, 2)
        .says(Says::Secret)
        .add("I2", 104, 3)
        .add("b3", 125, 3)
        .says(Says::Other)
        .add("b4", 166, 3)
        .says(Says::Secret);
    assert_eq!(row.pairs(), ["I1+B2", "I2+B4"]);
    let row = Row::new("a")
        .add("b1", 0, 2)
        .says(Says::Secret)
        .add("b2", 44, 2)
        .says(Says::Doubtful)
        .add("I1", 85, 2);
    assert_eq!(row.pairs(), ["I1+B1"]);
    let alone = Row::new("a").add("I1", 0, 2).add("b1", 21, 2);
    assert_eq!(alone.says(Says::Other).pairs(), ["I1"]);
}

#[test]
fn a_label_of_something_else_loses() {
    let row = Row::new("a")
        .add("I1", 0, 1)
        .add("S1", 40, 2)
        .says(Says::Doubtful)
        .add("S2", 100, 3)
        .says(Says::Secret);
    assert_eq!(row.pairs(), ["I1+S2", "S1"]);
    let row = Row::new("a")
        .add("I1", 0, 1)
        .add("b1", 40, 2)
        .says(Says::Doubtful)
        .add("b2", 100, 3);
    assert_eq!(row.pairs(), ["I1+B2"]);
    let row = Row::new("a").add("I1", 0, 1).add("S1", 40, 2);
    assert_eq!(row.says(Says::Doubtful).pairs(), ["I1+S1"]);
}

#[test]
fn what_is_commented_out_pairs_with_its_like() {
    let row = Row::new("a")
        .add("I1", 20, 1)
        .add("S1", 65, 2)
        .commented()
        .add("S2", 130, 3);
    assert_eq!(row.pairs(), ["I1+S2", "S1"]);
    let row = Row::new("a")
        .add("I1", 20, 1)
        .commented()
        .add("I2", 60, 2)
        .add("S1", 105, 3)
        .commented()
        .add("S2", 170, 4);
    assert_eq!(row.pairs(), ["I1+S1", "I2+S2"]);
    let row = Row::new("a").add("I1", 20, 1).add("S1", 65, 2);
    assert_eq!(row.commented().pairs(), ["I1+S1"]);
}

#[test]
fn maps_by_profile_pair_by_their_keys() {
    let row = || {
        Row::new("a")
            .add("I1", 0, 2)
            .add("I2", 30, 3)
            .add("b2", 70, 5)
            .add("b1", 120, 6)
    };
    assert_eq!(row().stems(&[3, 5, 5, 3]).pairs(), ["I1+B1", "I2+B2"]);
    // One name that agrees may be chance.
    let row = Row::new("a")
        .add("I1", 0, 2)
        .add("b1", 70, 5)
        .add("S1", 120, 6);
    assert_eq!(row.stems(&[3, 3, 0]).pairs(), ["I1+S1"]);
}
