//! Public keys of passkeys in the form that the wire shows: SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) as PEM.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use webauthn_rs::prelude::{COSEKey, COSEKeyType, ECDSACurve};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// 1.2.840.10045.2.1, RFC 5480 §2.1.1.
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.2.840.10045.3.1.7.
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// 1.3.132.0.34.
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
/// 1.2.840.113549.1.1.1 and the NULL that belongs to it, RFC 3279 §2.3.1.
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// The PEM text of a key; `None` for a kind that relying parties here do not ask for.
pub(super) fn pem(key: &COSEKey) -> Option<String> {
    let (algorithm, bits) = match &key.key {
        COSEKeyType::EC_EC2(key) => {
            let curve = match key.curve {
                ECDSACurve::SECP256R1 => P256,
                ECDSACurve::SECP384R1 => P384,
                ECDSACurve::SECP521R1 => return None,
            };
            ([EC_PUBLIC_KEY, curve].concat(), [&[0x04], key.x.as_slice(), &key.y].concat())
        }
        COSEKeyType::RSA(key) => {
            (RSA.to_vec(), element(SEQUENCE, &[unsigned(&key.n), unsigned(&key.e)].concat()))
        }
        COSEKeyType::EC_OKP(_) => return None,
    };
    // The leading zero: no bit of the last byte is unused.
    let bits = element(BIT_STRING, &[&[0], bits.as_slice()].concat());
    let text = STANDARD.encode(element(SEQUENCE, &[element(SEQUENCE, &algorithm), bits].concat()));
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")))
}

/// A DER element: tag, length, content (X.690 §8.1, §10.1).
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|&byte| byte == 0).collect();
    let mut element = vec![tag];
    match length.as_slice() {
        [] => element.push(0),
        [short @ 0..=0x7f] => element.push(*short),
        long => {
            element.push(0x80 | long.len() as u8);
            element.extend_from_slice(long);
        }
    }
    element.extend_from_slice(content);
    element
}

/// A DER integer that is not negative: no leading zeros but the one that keeps the first bit clear.
fn unsigned(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|&&byte| byte == 0).count();
    let digits = big_endian.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_none_or(|&byte| byte >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[sign, digits].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::pkcs8::EncodePublicKey;
    use webauthn_rs::prelude::{COSEAlgorithm, COSEEC2Key, COSEOKPKey, COSERSAKey, EDDSACurve};

    fn der(pem: &str) -> Vec<u8> {
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        STANDARD.decode(lines.collect::<String>()).unwrap()
    }

    fn ec(curve: ECDSACurve, x: Vec<u8>, y: Vec<u8>) -> COSEKey {
        COSEKey { type_: COSEAlgorithm::ES256, key: COSEKeyType::EC_EC2(COSEEC2Key { curve, x, y }) }
    }

    #[test]
    fn a_p_256_key_is_written_as_others_write_it() {
        let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
        let point = key.to_sec1_bytes();
        let cose = ec(ECDSACurve::SECP256R1, point[1..33].to_vec(), point[33..].to_vec());
        let pem = pem(&cose).unwrap();
        assert_eq!(der(&pem), key.to_public_key_der().unwrap().as_bytes());
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD"));
        assert!(pem.ends_with("\n-----END PUBLIC KEY-----\n"));
        assert!(pem.lines().all(|line| line.len() <= 64));
    }

    #[test]
    fn rsa_and_p_384_keys_have_the_frames_that_openssl_gives_them() {
        let rsa = COSERSAKey { n: vec![0xab; 256], e: [1, 0, 1] };
        let rsa = der(&pem(&COSEKey { type_: COSEAlgorithm::RS256, key: COSEKeyType::RSA(rsa) }).unwrap());
        let head = b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\
            \x03\x82\x01\x0f\x00\x30\x82\x01\x0a\x02\x82\x01\x01\x00\xab";
        assert!(rsa.starts_with(head) && rsa.ends_with(b"\xab\x02\x03\x01\x00\x01"));
        assert_eq!(rsa.len(), 294);
        let p384 = der(&pem(&ec(ECDSACurve::SECP384R1, vec![1; 48], vec![2; 48])).unwrap());
        let head = b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00\x04\x01";
        assert!(p384.starts_with(head));
        assert_eq!(p384.len(), 120);
    }

    #[test]
    fn keys_that_nobody_asked_for_have_no_text() {
        assert!(pem(&ec(ECDSACurve::SECP521R1, vec![1; 66], vec![2; 66])).is_none());
        let key = COSEKeyType::EC_OKP(COSEOKPKey { curve: EDDSACurve::ED25519, x: vec![1; 32] });
        assert!(pem(&COSEKey { type_: COSEAlgorithm::EDDSA, key }).is_none());
    }

    #[test]
    fn integers_are_written_without_needless_zeros() {
        for (bytes, der) in [
            (&[][..], &[2, 1, 0][..]),
            (&[0, 0], &[2, 1, 0]),
            (&[0, 0x7f], &[2, 1, 0x7f]),
            (&[0x80], &[2, 2, 0, 0x80]),
        ] {
            assert_eq!(unsigned(bytes), der);
        }
    }
}
