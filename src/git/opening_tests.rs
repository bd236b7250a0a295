//! Object directories that cannot be opened whole, and that change meanwhile.

use super::*;
use crate::git::testpack::made_up;
use crate::git::testrepo::TestRepo;
use crate::model::ObjectId;

fn open(test: &TestRepo) -> (Store, Vec<Gap>) {
    let dirs = [ObjectDir {
        path: test.git_dir().join("objects"),
        foreign: false,
    }];
    let options = StoreOptions {
        liars: &BTreeSet::new(),
        object_size_max: None,
        partial: None,
        control: &Control::default(),
    };
    let mut gaps = Vec::new();
    let store = Store::open_dirs(HashKind::Sha1, &dirs, &options, &mut gaps);
    (store, gaps)
}

fn with_a_commit() -> (TestRepo, ObjectId) {
    let test = TestRepo::new(&[]);
    let id = test.commit("a", "content\n", "commit");
    (test, ObjectId::from_hex(id.as_bytes()).unwrap())
}

#[cfg(unix)]
#[test]
fn folders_that_are_links_are_followed() {
    let (test, commit) = with_a_commit();
    let fan = test
        .git_dir()
        .join(format!("objects/{}", &commit.to_string()[..2]));
    let elsewhere = test.beside("elsewhere");
    std::fs::rename(&fan, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &fan).unwrap();
    // As git does.
    test.git(&["cat-file", "-e", &commit.to_string()]);
    let (store, gaps) = open(&test);
    assert!(store.find(commit.as_bytes()).is_some());
    assert_eq!(gaps, []);

    std::fs::remove_dir_all(&elsewhere).unwrap();
    let (store, gaps) = open(&test);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].kind, GapKind::Unreadable);
    assert!(store.may_be_closed(&commit));
    let mut other = commit.as_bytes().to_vec();
    other[0] ^= 1;
    assert!(!store.may_be_closed(&ObjectId::from_bytes(&other).unwrap()));
}

#[cfg(unix)]
#[test]
fn a_folder_of_packs_may_be_a_link() {
    let (test, commit) = with_a_commit();
    test.git(&["repack", "-adq"]);
    let folder = test.git_dir().join("objects/pack");
    let elsewhere = test.beside("packs");
    std::fs::rename(&folder, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &folder).unwrap();
    test.git(&["cat-file", "-e", &commit.to_string()]);
    let (store, gaps) = open(&test);
    assert!(store.find(commit.as_bytes()).is_some());
    assert_eq!(gaps, []);
    std::fs::remove_dir_all(&elsewhere).unwrap();
    for put in [None, Some("a file")] {
        if let Some(text) = put {
            std::fs::remove_file(&folder).unwrap();
            std::fs::write(&folder, text).unwrap();
        }
        let (store, gaps) = open(&test);
        assert_eq!((store.distinct, gaps.len()), (0, 1), "{gaps:?}");
        assert!(store.may_be_closed(&made_up(1)));
    }
}

#[test]
fn a_pack_that_cannot_be_opened_may_hold_anything() {
    let (test, commit) = with_a_commit();
    test.git(&["repack", "-adq"]);
    let (store, gaps) = open(&test);
    let pack = store.packs[0].path.clone();
    assert!(gaps.is_empty() && !store.may_be_closed(&made_up(1)));
    std::fs::remove_file(&pack).unwrap();
    std::fs::create_dir(&pack).unwrap();
    let (store, gaps) = open(&test);
    assert!(store.find(commit.as_bytes()).is_none() && store.may_be_closed(&commit));
    assert_eq!((gaps.len(), gaps[0].kind), (1, GapKind::Unreadable));
}

#[test]
fn a_listing_notices_packs_that_come_and_go() {
    let (test, _) = with_a_commit();
    let dirs = [ObjectDir {
        path: test.git_dir().join("objects"),
        foreign: false,
    }];
    let loose = Listing::read(HashKind::Sha1, &dirs);
    assert!(loose.is_current(&dirs));
    test.git(&["repack", "-adq"]);
    assert!(!loose.is_current(&dirs), "git gc packs loose objects");
    let packed = Listing::read(HashKind::Sha1, &dirs);
    assert!(packed.is_current(&dirs));
    test.commit("b", "more\n", "commit");
    assert!(
        packed.is_current(&dirs),
        "loose objects are looked up later"
    );
    test.git(&["repack", "-adq"]);
    assert!(!packed.is_current(&dirs));
    // What was listed is gone: opening begins anew, and misses nothing.
    let options = StoreOptions {
        liars: &BTreeSet::new(),
        object_size_max: None,
        partial: None,
        control: &Control::default(),
    };
    let mut gaps = Vec::new();
    let (stale, vanished) = Store::build(HashKind::Sha1, &dirs, &packed, &options, &mut gaps);
    assert_eq!((stale.distinct, vanished.len()), (0, 1));
    assert_eq!(open(&test).0.distinct, 6);
}
