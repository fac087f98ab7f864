//! An authenticator app (RFC 6238), to give codes with.

use hmac::{Hmac, KeyInit, Mac};
use lockwork_model::time::Timestamp;
use sha1::Sha1;

/// What an app keeps of an `otpauth://` address.
#[derive(Clone)]
pub struct AuthenticatorApp(Vec<u8>);

impl AuthenticatorApp {
    /// Reads the address behind a QR code.
    #[must_use]
    pub fn of(otpauth_uri: &str) -> Self {
        let query = otpauth_uri.split_once('?').expect("a query").1;
        let mut parameters = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, secret) = parameters.find(|(name, _)| *name == "secret").expect("a secret");
        Self(base32(secret))
    }

    /// The six digits that it shows at a moment.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> String {
        let step = now.as_micros() / 30_000_000;
        let mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("any length").chain_update(step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest[19] & 15);
        let word = u32::from_be_bytes(digest[offset..offset + 4].try_into().expect("four bytes"));
        format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
    }

    /// Six digits that it shows neither now nor in the steps beside.
    #[must_use]
    pub fn wrong_code(&self, now: Timestamp) -> String {
        let steps = [-30_000_000, 0, 30_000_000].map(|by| Timestamp::from_micros(now.as_micros() + by));
        let right = steps.map(|moment| self.code(moment));
        let candidates = ["000000", "111111", "222222", "333333"].map(str::to_owned);
        candidates.into_iter().find(|code| !right.contains(code)).expect("one of four")
    }
}

fn base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().take_while(|&letter| letter != b'=') {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|&known| known == letter);
        bits = (bits << 5 | u32::try_from(value.expect("base32")).expect("five bits")) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).expect("a byte"));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        let app = AuthenticatorApp::of("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(app.code(Timestamp::from_micros(seconds * 1_000_000)), code);
        }
    }
}
