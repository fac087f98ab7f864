//! The base-36 text form of ids and secrets (contract §2).
//!
//! Big-endian integers, most significant digit first, left-padded with `0`, alphabet `0-9a-z`.
//! Upper case is refused. 16 bytes take 25 digits; 35 bytes take 55.
#![expect(clippy::indexing_slicing, reason = "fixed-size arrays indexed by constant loops")]

/// Digits of a 16-byte value.
pub const DIGITS_16: usize = 25;
/// Digits of a 35-byte value.
pub const DIGITS_35: usize = 55;

const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// 0–35 for a digit, 255 for any other byte.
const VALUES: [u8; 256] = {
    let mut table = [255; 256];
    let mut digit = 0;
    while digit < 36 {
        table[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

/// 36^12, the weight of one chunk of a 55-digit number.
const CHUNK: u64 = 36u64.pow(12);

/// Writes 16 bytes as 25 digits.
///
/// In each answer twice: two divisions of 128 bits split the number into chunks of twelve digits, which divide fast.
#[must_use]
pub fn encode_16(bytes: &[u8; 16]) -> [u8; DIGITS_16] {
    const TWELVE: u128 = 36u128.pow(12);
    let value = u128::from_be_bytes(*bytes);
    let (high, low) = (value / TWELVE, (value % TWELVE) as u64);
    let (top, middle) = ((high / TWELVE) as usize, (high % TWELVE) as u64);
    let mut digits = [b'0'; DIGITS_16];
    digits[0] = ALPHABET[top];
    write_twelve(middle, &mut digits[1..13]);
    write_twelve(low, &mut digits[13..]);
    digits
}

fn write_twelve(mut value: u64, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(value % 36) as usize];
        value /= 36;
    }
}

/// Reads 25 digits. `None` for any other length, a byte outside the alphabet, or a value of 2^128 and more.
#[must_use]
pub fn decode_16(digits: &[u8]) -> Option<[u8; 16]> {
    if digits.len() != DIGITS_16 {
        return None;
    }
    let mut value = 0u128;
    for &byte in digits {
        let digit = VALUES[byte as usize];
        if digit == 255 {
            return None;
        }
        value = value.checked_mul(36)?.checked_add(u128::from(digit))?;
    }
    Some(value.to_be_bytes())
}

/// Writes 35 bytes as 55 digits.
#[must_use]
pub fn encode_35(bytes: &[u8; 35]) -> [u8; DIGITS_35] {
    let mut value = *bytes;
    let mut digits = [b'0'; DIGITS_35];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0u32;
        for byte in &mut value {
            let current = (rest << 8) | u32::from(*byte);
            *byte = (current / 36) as u8;
            rest = current % 36;
        }
        *digit = ALPHABET[rest as usize];
    }
    digits
}

/// Stands for a byte that is no digit.
const FOREIGN: u8 = 0x80;

/// The values of some digits. Becomes vector instructions.
#[inline(always)]
fn values<const N: usize>(digits: &[u8; N]) -> [u8; N] {
    let mut values = [0; N];
    for (value, &byte) in values.iter_mut().zip(digits) {
        let (digit, letter) = (byte.wrapping_sub(b'0'), byte.wrapping_sub(b'a'));
        let digit = if digit < 10 { digit } else { FOREIGN };
        *value = if letter < 26 { letter + 10 } else { digit };
    }
    values
}

/// Values as words of eight, the first in the lowest byte.
#[inline(always)]
fn words<const N: usize, const WORDS: usize>(values: &[u8; N]) -> [u64; WORDS] {
    std::array::from_fn(|word| u64::from_le_bytes(values.as_chunks().0[word]))
}

/// Two lanes of four digits each from the values of eight, the first digit in the lowest byte.
#[inline(always)]
const fn fours(eight: u64) -> [u64; 2] {
    let pairs = (eight & 0x00FF_00FF_00FF_00FF) * 36 + (eight >> 8 & 0x00FF_00FF_00FF_00FF);
    let fours = (pairs & 0x0000_FFFF_0000_FFFF) * 36u64.pow(2) + (pairs >> 16 & 0x0000_FFFF_0000_FFFF);
    [fours & 0xFFFF_FFFF, fours >> 32]
}

/// Reads 55 digits. `None` for a byte outside the alphabet or a value of 2^280 and more.
///
/// On the path of every verification, so it works on many digits at a time. Four digits make a lane, three
/// lanes a chunk of twelve digits; seven digits in front and four chunks are joined by wide multiplication.
#[must_use]
#[inline]
pub fn decode_35(digits: &[u8; DIGITS_35]) -> Option<[u8; 35]> {
    // Sixteen digits fill a vector register; of the first sixteen only seven are needed.
    let front = values(digits.first_chunk::<16>()?);
    let rest = values(digits.last_chunk::<48>()?);
    let [front, _] = words(&front);
    let [e0, e1, e2, e3, e4, e5] = words(&rest);
    if (front | e0 | e1 | e2 | e3 | e4 | e5) & u64::from_le_bytes([FOREIGN; 8]) != 0 {
        return None;
    }
    // The eighth digit is the first of the rest; shifting it out puts a zero in front.
    let [three, four] = fours(front << 8);
    let front = three * 36u64.pow(4) + four;
    let [[a, b], [c, d], [e, f]] = [fours(e0), fours(e1), fours(e2)];
    let [[g, h], [i, j], [k, l]] = [fours(e3), fours(e4), fours(e5)];
    let chunk = |lanes: [u64; 3]| (lanes[0] * 36u64.pow(4) + lanes[1]) * 36u64.pow(4) + lanes[2];
    // One limb more with each chunk.
    let step = |limb: u64, carry: u64| {
        let product = u128::from(limb) * u128::from(CHUNK) + u128::from(carry);
        (product as u64, (product >> 64) as u64)
    };
    let (l0, l1) = step(front, chunk([a, b, c]));
    let (l0, carry) = step(l0, chunk([d, e, f]));
    let (l1, l2) = step(l1, carry);
    let (l0, carry) = step(l0, chunk([g, h, i]));
    let (l1, carry) = step(l1, carry);
    let (l2, l3) = step(l2, carry);
    let (l0, carry) = step(l0, chunk([j, k, l]));
    let (l1, carry) = step(l1, carry);
    let (l2, carry) = step(l2, carry);
    let (l3, l4) = step(l3, carry);
    if l4 >= 1 << 24 {
        return None;
    }
    let mut bytes = [0; 35];
    bytes[..3].copy_from_slice(&l4.to_be_bytes()[5..]);
    for (bytes, limb) in bytes[3..].as_chunks_mut().0.iter_mut().zip([l3, l2, l1, l0]) {
        *bytes = limb.to_be_bytes();
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sixteen_bytes_survive_the_round_trip(bytes: [u8; 16]) {
            prop_assert_eq!(decode_16(&encode_16(&bytes)), Some(bytes));
        }

        #[test]
        fn thirty_five_bytes_survive_the_round_trip(head: [u8; 32], tail: [u8; 3]) {
            let mut bytes = [0; 35];
            bytes[..32].copy_from_slice(&head);
            bytes[32..].copy_from_slice(&tail);
            prop_assert_eq!(decode_35(&encode_35(&bytes)), Some(bytes));
        }

        #[test]
        fn any_bytes_decode_or_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 55)) {
            let digits: [u8; 55] = bytes.try_into().unwrap();
            if let Some(value) = decode_35(&digits) {
                prop_assert_eq!(encode_35(&value), digits);
            }
        }
    }

    #[test]
    fn the_vectors_of_the_contract_hold() {
        let mut one = [0; 16];
        one[15] = 1;
        assert_eq!(&encode_16(&one), b"0000000000000000000000001");
        assert_eq!(&encode_16(&[255; 16]), b"f5lxx1zz5pnorynqglhzmsp33");
        assert_eq!(decode_16(b"f5lxx1zz5pnorynqglhzmsp34"), None);
        assert_eq!(decode_16(b"zzzzzzzzzzzzzzzzzzzzzzzzz"), None);
        assert_eq!(decode_16(b"F5LXX1ZZ5PNORYNQGLHZMSP33"), None);

        let counting: [u8; 35] = std::array::from_fn(|index| index as u8);
        assert_eq!(&encode_35(&counting), b"00019q90hldaezihl6n9kowpbqc41oc9r3gcqas93mpgc0jouxxveoy");
        assert_eq!(&encode_35(&[255; 35]), b"1rqebqrqf0vfcdz5pu5fquov5813iobr29qjm1mf1lrufy1ifr3y8sf");
        assert_eq!(decode_35(b"1rqebqrqf0vfcdz5pu5fquov5813iobr29qjm1mf1lrufy1ifr3y8sg"), None);
        assert_eq!(decode_35(&[b'z'; 55]), None);
    }
}
