//! Makes objects from a pack's entries: inflates roots, applies deltas, whole or as far as a glance
//! needs.

use super::buffers::{Buf, KEEP_LEN};
use super::damage::Damage;
use super::family::{Frame, Worker};
use super::pack::Pack;
use super::pack::delta::{self, Extent};
use super::pack::forest::FAR;
use super::pack::inflate::{Inflate, ROOM};
use super::walk::Visit;
use crate::model::ObjectKind;

impl<'a, V: Visit> Worker<'a, V> {
    /// Rebuilds an object and shows nothing.
    pub(super) fn rebuild(&mut self, pack: &'a Pack, entry: u32) -> Result<Buf, Damage> {
        let mut path = vec![entry];
        let mut at = entry;
        // A cycle hangs on no root, so nothing in one is ever split.
        while pack.forest.bases[at as usize] < FAR {
            at = pack.forest.bases[at as usize];
            path.push(at);
        }
        let mut buf = self.inflate_root(pack, at)?;
        for entry in path.into_iter().rev().skip(1) {
            let sizes = self.load_delta(pack, entry)?;
            let mut derived = self.buffers.take(sizes.result)?;
            let delta = &self.delta[..self.delta_len];
            delta::apply(buf.get(), delta, &sizes, derived.get_mut(), &mut self.trail)?;
            self.buffers.recycle(std::mem::replace(&mut buf, derived));
            if self.should_stop() {
                return Err(Damage::Internal("stopped".to_owned()));
            }
        }
        Ok(buf)
    }

    pub(super) fn inflate_root(&mut self, pack: &'a Pack, entry: u32) -> Result<Buf, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let mut buf = self.buffers.take(header.size)?;
        let len = buf.len() as usize;
        self.inflate.inflate_roomy(data, buf.roomy_mut(), len)?;
        self.window.shrink();
        Ok(buf)
    }

    /// Reads the delta of an entry into `self.delta`; gives the sizes it declares.
    fn load_delta(&mut self, pack: &'a Pack, entry: u32) -> Result<delta::Sizes, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let limit = self.shared.plan.bounds.object_size_max;
        if header.size > limit {
            let size = header.size;
            return Err(Damage::TooLarge { size, limit });
        }
        self.delta_len = header.size as usize;
        if self.delta.len() > KEEP_LEN && self.delta_len <= KEEP_LEN {
            self.delta = Vec::new();
        }
        let roomy = self.delta_len + ROOM;
        if self.delta.len() < roomy {
            self.delta.resize(roomy, 0);
        }
        let delta = &mut self.delta[..roomy];
        self.inflate.inflate_roomy(data, delta, self.delta_len)?;
        let delta = &self.delta[..self.delta_len];
        self.window.shrink();
        let sizes = delta::sizes(delta)?;
        if sizes.result > 1 << 20 && delta::produced(delta, &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        Ok(sizes)
    }

    /// Makes the object of a delta; `None` if a glance at it was enough. If it is the `last` one that
    /// needs its base, that one's buffer may be taken for it.
    pub(super) fn derive(
        &mut self,
        pack: &'a Pack,
        entry: u32,
        kind: ObjectKind,
        base: &mut Frame<V::Carry>,
        last: bool,
    ) -> Result<Option<Buf>, Damage> {
        let here = self.children_here(pack, entry);
        let leaf = self.wanted_child(pack, entry, 0, here).is_none();
        let sizes = self.load_delta(pack, entry)?;
        self.buffers.allow(sizes.result)?;
        let known = leaf && !self.is_doubtful(pack, self.current);
        let delta = &self.delta[..self.delta_len];
        let trail = &mut self.trail;
        if let Some(carry) = base.carry.as_ref().filter(|_| known)
            && self.shared.is_wanted(self.current)
            && let Some(extent) = self.visitor.extent(kind, sizes.result, carry)
        {
            let mut buf = self.buffers.sized(sizes.result);
            delta::apply_extent(base.buf.get(), delta, &sizes, buf.get_mut(), trail, extent)?;
            let seen = self
                .visitor
                .glance(self.current, kind, buf.get(), (trail, delta), carry);
            if seen {
                self.shared.visited.insert(self.current);
                self.buffers.recycle(buf);
                return Ok(None);
            }
            self.buffers.recycle(buf);
        }
        delta::read(base.buf.len(), delta, &sizes, trail)?;
        if last && trail.goes_ahead() && base.buf.suits(sizes.result) {
            let mut buf = std::mem::take(&mut base.buf).sized(sizes.result as usize);
            delta::write_in_place(buf.all_mut(), delta, trail);
            return Ok(Some(buf));
        }
        let mut buf = self.buffers.sized(sizes.result);
        delta::write(base.buf.get(), delta, buf.get_mut(), trail, Extent::Whole);
        Ok(Some(buf))
    }
}
