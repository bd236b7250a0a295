//! Everything about git: opening a repository, reading its objects, refs and history.
//!
//! The only module that may name `gix` or `rayon`.

pub mod repo;
pub mod tips;

pub(crate) mod attribution;
pub(crate) mod bits;
pub(crate) mod commit;
pub(crate) mod damage;
mod family;
pub(crate) mod file;
pub(crate) mod hash;
pub(crate) mod history;
pub(crate) mod loose;
pub(crate) mod objects;
pub(crate) mod pack;
pub(crate) mod reach;
pub(crate) mod reader;
mod single;
pub(crate) mod source;
pub(crate) mod store;
mod stream;
pub(crate) mod structure;
pub(crate) mod tree;
pub(crate) mod walk;

#[cfg(test)]
pub(crate) mod testrepo;

pub fn probe(path: &str, threads: usize, hits: usize) {
    use crate::model::*;
    let t = std::time::Instant::now();
    let repo = repo::Repo {
        git_dir: path.into(),
        common_dir: path.into(),
        hash: HashKind::Sha1,
        reftable: false,
        promisor: false,
        worktrees: vec![],
        object_dirs: vec![repo::ObjectDir {
            path: format!("{path}/objects").into(),
            foreign: false,
        }],
    };
    struct C(u64, Vec<ObjectId>);
    impl source::ScanObjects for C {
        fn object(&mut self, o: &Object<'_>) -> bool {
            self.0 += 1;
            if o.kind == ObjectKind::Blob && o.id.as_bytes()[0] == 7 && o.id.as_bytes()[1] < 4 {
                self.1.push(o.id)
            }
            false
        }
        fn begin(&mut self, _: ObjectId, _: ObjectKind) {}
        fn piece(&mut self, _: &[u8]) {}
        fn end(&mut self) -> bool {
            false
        }
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let control = Control::default();
        let mut tips = tips::Tips::default();
        for line in std::fs::read_to_string(format!("{path}/packed-refs"))
            .unwrap()
            .lines()
            .filter(|l| !l.starts_with(['#', '^']))
        {
            let (id, name) = line.split_once(' ').unwrap();
            tips.tips.push(tips::Tip {
                kind: tips::TipKind::Ref(name.into()),
                id: ObjectId::from_hex(id.as_bytes()).unwrap(),
            });
        }
        let (objects, gaps) =
            objects::Objects::open(&repo, &Default::default(), &tips, None, None, &control);
        eprintln!("open {:?} gaps {:?}", t.elapsed(), gaps);
        let mut read = objects.read(&control, || C(0, vec![]));
        eprintln!(
            "read {:?} {:?} commits {} damaged {:?}",
            t.elapsed(),
            read.coverage,
            read.structure.commits.len(),
            read.damaged.len()
        );
        let mut ids: std::collections::BTreeSet<ObjectId> = read
            .scanners
            .iter_mut()
            .flat_map(|s| s.1.drain(..))
            .collect();
        while ids.len() > hits {
            ids.pop_last();
        }
        let history = objects.trace(&read, &tips, &ids, &control);
        eprintln!("trace {:?}", t.elapsed());
        let Some(history) = history else { return };
        let locations = history.locations();
        eprintln!("locations {:?} {}", t.elapsed(), locations.len());
        let mut coverage = read.coverage;
        let (gaps, notes) = objects.account(&read, Some((&history, &locations)), &mut coverage);
        eprintln!("gaps {} {:?} notes {:?}", gaps.len(), gaps.first(), notes);
        let e = history.exposures(
            &ids.iter()
                .map(|i| vec![attribution::Carrier::Object(*i)])
                .collect::<Vec<_>>(),
        );
        eprintln!("exposures {:?} {:?}", t.elapsed(), e.first());
        for id in &ids {
            let l = &locations[&objects.number(id).unwrap()];
            println!(
                "{id} {} {} {} {:?}",
                l.introduced
                    .as_ref()
                    .map_or(String::new(), |s| s.commit.to_string()),
                l.introduced_count,
                l.path_count,
                l.introduced_path
                    .as_ref()
                    .map(|p| String::from_utf8_lossy(p).into_owned())
            );
        }
    });
}
