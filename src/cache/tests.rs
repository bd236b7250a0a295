//! What becomes of a cache under all circumstances.

use std::path::PathBuf;

use super::*;

const HASH: HashKind = HashKind::Sha1;

fn id(byte: u8) -> (ObjectId, ObjectKind) {
    (ObjectId::from_bytes(&[byte; 20]).unwrap(), ObjectKind::Blob)
}

/// The record of these tests is the list of its sets.
fn sets_of(record: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(record);
    text.split_whitespace().map(str::to_owned).collect()
}

fn open(root: &Path, key: &str) -> Cache {
    Cache::open(root, &[key.as_bytes()], &[]).unwrap()
}

fn save(cache: &Cache, tag: &str, objects: &[u8]) -> String {
    let writer = cache.begin().unwrap();
    let objects: Vec<_> = objects.iter().map(|byte| id(*byte)).collect();
    let name = writer.set(HASH, &objects).unwrap();
    writer.record(tag, name.as_bytes(), sets_of).unwrap();
    name
}

fn names(cache: &Cache) -> Vec<String> {
    let mut names: Vec<String> = cache.files("").into_iter().map(|file| file.name).collect();
    names.sort();
    names
}

#[test]
fn what_was_saved_is_there_under_the_same_key_only() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), "rules 1");
    let name = save(&cache, "a", &[3, 1, 2]);
    let again = open(folder.path(), "rules 1");
    assert_eq!(again.record("a").unwrap(), name.as_bytes());
    let set = again.set(&name, HASH).unwrap();
    assert_eq!(set.len(), 3);
    assert!(again.set(&name, HashKind::Sha256).is_none());
    let other = open(folder.path(), "rules 2");
    assert!(other.record("a").is_none() && other.set(&name, HASH).is_none());
    // Parts of a key do not run into each other.
    let parts = |key: &[&[u8]]| Cache::open(folder.path(), key, &[]).unwrap().dir;
    assert_ne!(parts(&[b"ab", b"c"]), parts(&[b"a", b"bc"]));
}

#[test]
fn one_writer_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), "k");
    let writer = cache.begin().unwrap();
    assert!(matches!(cache.begin(), Err(Unsaved::Busy)));
    drop(writer);
    cache.begin().unwrap();
}

#[test]
fn what_no_record_needs_goes() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), "k");
    let first = save(&cache, "a", &[1]);
    let other = save(&cache, "b", &[2]);
    let second = save(&cache, "a", &[1, 3]);
    assert!(cache.set(&first, HASH).is_none(), "replaced");
    assert!(cache.set(&other, HASH).is_some() && cache.set(&second, HASH).is_some());
    assert_eq!(
        cache.other_records("a").collect::<Vec<_>>(),
        [other.as_bytes()]
    );
    // A record that is torn is no record.
    let record = cache.dir.join("record-b");
    std::fs::write(&record, b"torn").unwrap();
    std::fs::write(cache.dir.join("tmp-9-9"), b"torn").unwrap();
    save(&cache, "a", &[1, 3]);
    let left = ["ids-", "lock", "record-a"];
    let names = names(&cache);
    assert_eq!(names.len(), left.len(), "{names:?}");
    assert!(
        names
            .iter()
            .zip(left)
            .all(|(name, left)| name.starts_with(left))
    );
}

#[test]
fn what_is_old_goes() {
    let folder = tempfile::tempdir().unwrap();
    let long_ago = SystemTime::now() - 2 * AGE_MAX;
    let age = |path: PathBuf| {
        let file = File::options().append(true).open(path).unwrap();
        file.set_modified(long_ago).unwrap();
    };
    let old = open(folder.path(), "old rules");
    save(&old, "a", &[1]);
    for name in names(&old) {
        age(old.dir.join(name));
    }
    let strange = folder.path().join("0".repeat(32));
    std::fs::create_dir(&strange).unwrap();
    std::fs::write(strange.join("mine"), b"x").unwrap();
    let cache = open(folder.path(), "k");
    save(&cache, "forgotten", &[1]);
    age(cache.dir.join("record-forgotten"));
    save(&cache, "used", &[2]);
    age(cache.dir.join("record-used"));
    assert!(cache.record("used").is_some(), "and marks it as used");
    save(&cache, "own", &[3]);
    assert!(cache.record("forgotten").is_none());
    assert!(cache.record("used").is_some() && cache.record("own").is_some());
    assert!(!old.dir.exists());
    assert!(strange.join("mine").exists(), "not made by a cache");
}

#[test]
fn a_folder_in_the_repository_is_refused_before_it_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("repo");
    std::fs::create_dir(&repo).unwrap();
    for inside in [repo.join("cache"), repo.join("../repo/x/y"), repo.clone()] {
        let refused = Cache::open(&inside, &[b"k"], &[&repo]).unwrap_err();
        assert!(refused.is_suspicious, "{refused}");
    }
    assert_eq!(std::fs::read_dir(&repo).unwrap().count(), 0);
    let beside = folder.path().join("repository");
    Cache::open(&beside, &[b"k"], &[&repo]).unwrap();
}

#[test]
fn names_of_sets_lead_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), "k");
    for name in ["", "../lock", &"/".repeat(64), &"g".repeat(64)] {
        assert!(cache.set(name, HASH).is_none());
    }
}
