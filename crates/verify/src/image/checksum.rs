//! A fast checksum against accidents (not against people: whoever can write the image can do worse).

/// Odd, so that multiplying loses nothing.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

const fn mix(state: u64, word: u64) -> u64 {
    (state ^ word).wrapping_mul(FACTOR).rotate_left(29)
}

/// The checksum of `bytes`: four lanes of 8-byte words, joined at the end together with the length.
///
/// Each step is a bijection of its lane for a given word and of the word for a given lane, so a change that
/// touches one lane only, as a flipped bit does, always shows.
pub(super) fn checksum(bytes: &[u8], seed: u64) -> u64 {
    let mut lanes = [seed, !seed, seed.rotate_left(16), seed.rotate_left(48)];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let tail = rest.iter().fold(bytes.len() as u64, |state, &byte| mix(state, u64::from(byte)));
    let joined = lanes.into_iter().fold(tail, mix);
    mix(joined ^ joined >> 32, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_missing_byte_shows() {
        let bytes: Vec<u8> = (0..150u8).map(|byte| byte.wrapping_mul(37)).collect();
        let expected = checksum(&bytes, 1);
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(checksum(&changed, 1), expected, "bit {bit}");
        }
        for len in 0..bytes.len() {
            assert_ne!(checksum(&bytes[..len], 1), expected, "length {len}");
        }
        assert_ne!(checksum(&bytes, 2), expected);
    }
}
