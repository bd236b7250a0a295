//! A value that must never be printed by accident.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Raw bytes of a secret. `Debug` and `Display` show a mask; [`Secret::expose`] is the one way
/// in; the memory is zeroed on drop. It is deliberately neither `Serialize` nor `Deref`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over the bytes.
    pub fn new(bytes: Vec<u8>) -> Secret {
        Secret(Zeroizing::new(bytes))
    }

    /// The raw bytes. `lib.rs` says where they may go.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Lower-case hexadecimal SHA-256 of the raw value.
    pub fn sha256(&self) -> String {
        data_encoding::HEXLOWER.encode(&Sha256::digest(self.expose()))
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&"*".repeat(self.len().min(8)))
    }
}

/// Shannon entropy of the bytes, in bits a byte.
pub fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = bytes.len() as f64;
    counts
        .iter()
        .filter(|n| **n > 0)
        .map(|n| f64::from(*n) / total)
        .map(|p| -p * p.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_never_shows_the_value() {
        let secret = Secret::new(b"hunter2hunter2".to_vec());
        assert_eq!(format!("{secret} {secret:?}"), "******** Secret(14 bytes)");
    }

    #[test]
    fn entropy_of_known_texts() {
        assert!(entropy(b"").abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!((entropy(b"abababab") - 1.0).abs() < 1e-9);
        assert!((entropy(b"abcdefgh") - 3.0).abs() < 1e-9);
    }
}
