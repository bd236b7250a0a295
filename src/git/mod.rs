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
pub(crate) mod source;
pub(crate) mod store;
mod stream;
pub(crate) mod structure;
pub(crate) mod tree;
pub(crate) mod walk;

#[cfg(test)]
pub(crate) mod testrepo;

pub fn probe(path: &str, threads: usize) {
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
    struct C([u64; 4], u64, u64);
    impl walk::Visit for C {
        fn object(&mut self, _: u32, k: ObjectKind, b: &[u8], new: NewRanges<'_>, _: bool) -> bool {
            self.0[k as usize] += 1;
            self.1 += b.len() as u64;
            if let NewRanges::Only(r) = new {
                self.2 += r.iter().map(|r| r.len() as u64).sum::<u64>()
            } else {
                self.2 += b.len() as u64
            }
            false
        }
        fn begin(&mut self, _: u32, k: ObjectKind, size: u64) {
            self.0[k as usize] += 1;
            self.1 += size;
        }
        fn piece(&mut self, _: &[u8]) {}
        fn end(&mut self, _: bool) {}
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let mut gaps = vec![];
        let store = store::Store::open(&repo, &mut gaps);
        eprintln!("open {:?} {} gaps {:?}", t.elapsed(), store.distinct, gaps);
        let control = Control::default();
        let bounds = walk::Bounds::for_store(&store, None);
        let plan = walk::WalkPlan {
            store: &store,
            only: None,
            wanted: None,
            bounds,
            control: &control,
        };
        let w = walk::walk(&plan, || C([0; 4], 0, 0));
        let mut sum = [0u64; 6];
        for v in &w.visitors {
            for i in 0..4 {
                sum[i] += v.0[i];
            }
            sum[4] += v.1;
            sum[5] += v.2;
        }
        eprintln!(
            "walk {:?} {:?} damaged {:?}",
            t.elapsed(),
            sum,
            w.damaged.len()
        );
    });
}
