//! Reading files that may be anything.

use super::*;

#[test]
fn a_file_is_read_up_to_its_cap() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    std::fs::write(&path, b"12345").unwrap();
    assert_eq!(read_small(&path, 5).unwrap().unwrap(), b"12345");
    let error = read_small(&path, 4).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    assert!(
        read_small(&folder.path().join("none"), 5)
            .unwrap()
            .is_none()
    );
    assert!(read_small(&path.join("below"), 5).unwrap().is_none());
}

#[test]
fn the_largest_files_stay_open() {
    assert_eq!(smallest_kept(&[5, 1, 9]), 0);
    let room = open_files_max() / 2;
    let sizes: Vec<u64> = (1..=room as u64 + 3).collect();
    assert_eq!(smallest_kept(&sizes), 4);
    assert_eq!(smallest_kept(&vec![7; room + 1]), 8);
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = open_regular(folder.path()).unwrap_err();
    assert_eq!(reason(&error), "not a regular file");
}

#[cfg(unix)]
#[test]
fn links_and_fifos_are_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (folder.path().join("t"), folder.path().join("l"));
    std::fs::write(&target, b"x").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let error = open_regular(&link).unwrap_err();
    assert!(error.to_string().contains("symbolic link"));

    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let error = read_small(&fifo, 10).unwrap_err();
    assert_eq!(reason(&error), "not a regular file");
}

#[test]
fn lines_are_cut_and_counted() {
    let mut seen = Vec::new();
    let text: &[u8] = b"one\n\nlonger than that\nend";
    for_each_line(text, 6, |line| {
        seen.push((line.number, line.bytes.to_vec(), line.is_whole));
    })
    .unwrap();
    let expected: [(u64, &[u8], bool); 4] = [
        (1, b"one", true),
        (2, b"", true),
        (3, b"longer", false),
        (4, b"end", false),
    ];
    let expected = expected.map(|(number, bytes, whole)| (number, bytes.to_vec(), whole));
    assert_eq!(seen, expected);
}

#[test]
fn reasons_have_no_number() {
    let error = io::Error::from_raw_os_error(13);
    assert_eq!(reason(&error), "permission denied");
}

#[cfg(unix)]
#[test]
fn a_hole_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let file = File::create(&path).unwrap();
    file.set_len(HOLE_LEN_MIN + 1).unwrap();
    let error = read_small(&path, 1 << 30).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    file.set_len(1 << 20).unwrap();
    assert_eq!(read_small(&path, 1 << 30).unwrap().unwrap().len(), 1 << 20);
}
