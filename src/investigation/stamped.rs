//! Lines that begin with a time, as `CloudWatch` Logs exports them: what follows is one record each.

use std::io::{self, Read};

/// No time is longer, with the blank behind it.
const STAMP_MAX: usize = 40;

/// True if a line is a time and the beginning of an object.
pub(super) fn is_stamped(line: &[u8]) -> bool {
    let head = &line[..line.len().min(STAMP_MAX)];
    let Some(at) = head.iter().position(|byte| *byte == b'{') else {
        return false;
    };
    let stamp = head[..at].trim_ascii_end();
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"-:.+TZ".contains(byte);
    stamp.len() < at && stamp.len() >= 10 && stamp.iter().all(is_part)
}

/// Leaves out what stands before the object of each line.
pub(super) struct Stamped<R> {
    inner: R,
    in_stamp: bool,
}

impl<R: Read> Stamped<R> {
    pub(super) const fn new(inner: R) -> Stamped<R> {
        Stamped {
            inner,
            in_stamp: true,
        }
    }
}

impl<R: Read> Read for Stamped<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A piece may be nothing but the time: that is no end.
        loop {
            let read = self.inner.read(out)?;
            let mut kept = 0;
            for at in 0..read {
                let byte = out[at];
                match byte {
                    b'{' => self.in_stamp = false,
                    b'\n' => self.in_stamp = true,
                    _ => {}
                }
                if !self.in_stamp || byte == b'\n' {
                    out[kept] = byte;
                    kept += 1;
                }
            }
            if read == 0 || kept > 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_by_their_beginning() {
        assert!(is_stamped(b"2026-03-10T12:00:00.000Z {\"a\":1}"));
        for other in [
            &b"{\"a\":1}"[..],
            b"12 {",
            b"eventTime,eventName",
            b"2026-03-10T12:00:00.000Z text",
            b"2026-03-10T12:00:00.000Z{",
        ] {
            assert!(!is_stamped(other), "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn objects_remain_whatever_the_pieces_are() {
        let text =
            b"2026-03-10T12:00:00.000Z {\"a\":\"x 1\"}\n\n2026-03-10T12:00:01.000Z {\"b\":{}}\n";
        for size in 1..text.len() {
            let mut stamped = Stamped::new(&text[..]);
            let (mut all, mut piece) = (Vec::new(), vec![0; size]);
            loop {
                let read = stamped.read(&mut piece).unwrap();
                if read == 0 {
                    break;
                }
                all.extend_from_slice(&piece[..read]);
            }
            assert_eq!(all, b"{\"a\":\"x 1\"}\n\n{\"b\":{}}\n");
        }
    }
}
