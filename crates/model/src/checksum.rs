//! The 3-byte checksum inside a key's text.
//!
//! The low 24 bits of CRC-32 (ISO-HDLC, the one of zlib and PNG) over the key's prefix and its 32 random bytes.
//! Every language has that CRC at hand, so that a secret scanner can confirm a find offline.
#![expect(clippy::indexing_slicing, reason = "tables of 256 entries indexed by a byte")]

/// Slice-by-8 tables of the reflected polynomial 0xEDB88320.
const TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let previous = tables[table - 1][byte];
            tables[table][byte] = (previous >> 8) ^ tables[0][(previous & 255) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
};

/// A CRC-32 in progress; a prefix's state is kept and continued for each of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum(u32);

impl Checksum {
    /// The state after `prefix`.
    #[must_use]
    pub fn of_prefix(prefix: &str) -> Self {
        Self(!0).then(prefix.as_bytes())
    }

    /// The three checksum bytes of a key with this prefix and these random bytes.
    #[must_use]
    pub fn finish(self, random: &[u8; 32]) -> [u8; 3] {
        let [_, a, b, c] = (!self.then(random).0).to_be_bytes();
        [a, b, c]
    }

    fn then(self, bytes: &[u8]) -> Self {
        let mut crc = self.0;
        let (chunks, rest) = bytes.as_chunks::<8>();
        for chunk in chunks {
            let [a, b, c, d] =
                (crc ^ u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]])).to_le_bytes();
            crc = TABLES[7][a as usize]
                ^ TABLES[6][b as usize]
                ^ TABLES[5][c as usize]
                ^ TABLES[4][d as usize]
                ^ TABLES[3][chunk[4] as usize]
                ^ TABLES[2][chunk[5] as usize]
                ^ TABLES[1][chunk[6] as usize]
                ^ TABLES[0][chunk[7] as usize];
        }
        for &byte in rest {
            crc = (crc >> 8) ^ TABLES[0][((crc ^ u32::from(byte)) & 255) as usize];
        }
        Self(crc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_crc_32_holds() {
        assert_eq!(!Checksum(!0).then(b"123456789").0, 0xCBF4_3926);
        assert_eq!(!Checksum(!0).then(b"12345678").then(b"9").0, 0xCBF4_3926);
    }

    #[test]
    fn a_prefix_changes_the_checksum() {
        let random = [7; 32];
        assert_ne!(Checksum::of_prefix("acme_").finish(&random), Checksum::of_prefix("acme").finish(&random));
    }
}
