//! Tokens as callers send them: managed keys, Backend API keys and key prefixes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockwork_model::checksum::Checksum;
use lockwork_model::secrets::{BackendSecret, KeyBytes, KeyPrefix, SecretHasher, split_token};

/// Reads base-36 digits as a big-endian number of `N` bytes, digit by digit: slow and plain.
fn slowly<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0u8; N];
    for &digit in digits {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            _ => return None,
        };
        let mut carry = u32::from(digit);
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 36;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(bytes)
}

fuzz_target!(|token: &str| {
    let prefix = token.parse::<KeyPrefix>();
    assert!(prefix.is_err() || (1..=64).contains(&token.len()));

    let backend = token.parse::<BackendSecret>();
    if let Ok(secret) = &backend {
        assert_eq!(secret.to_secret().reveal(), token);
        let _ = secret.hash();
    }

    let Some((prefix, digits)) = split_token(token) else {
        assert!(token.len() < 55 || !token.is_char_boundary(token.len() - 55));
        return;
    };
    assert_eq!((prefix.len() + 55, prefix.as_bytes()), (token.len(), &token.as_bytes()[..prefix.len()]));
    let read = KeyBytes::decode(digits);
    assert_eq!(read.is_ok(), slowly::<35>(digits).is_some());
    let Ok(key) = read else { return };
    let _ = SecretHasher::default().hash(&key);
    let bytes = slowly::<35>(digits).expect("it was read");
    let random: [u8; 32] = bytes[..32].try_into().expect("32 bytes");
    let checksum = Checksum::of_prefix(prefix);
    assert_eq!(key.checksum_holds(checksum), checksum.finish(&random) == bytes[32..]);
    if let Ok(prefix) = prefix.parse::<KeyPrefix>() {
        assert_eq!(key.to_secret(&prefix).reveal(), token);
    }
});
