//! Codes of authenticator apps: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 seconds, which is what every
//! such app can do.

use lockwork_model::entropy::{Entropy, draw};
use lockwork_model::error::{Error, Result};
use lockwork_model::time::Timestamp;
use std::fmt;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Totp};

const STEP_SECONDS: i64 = 30;
const DIGITS: u8 = 6;

/// What an app and we share: 20 random bytes (RFC 4226 §4 R6). Prints nothing.
#[derive(Clone)]
pub struct AuthenticatorSecret([u8; 20]);

impl AuthenticatorSecret {
    /// A new secret.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(draw(entropy))
    }

    /// Wraps the 20 bytes that storage kept; `None` for any other number.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, to be sealed and kept.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The address behind the QR code that an app reads; it holds the secret. `issuer` is the project's name,
    /// `account` the e-mail address. Colons, which the format uses for itself, become spaces.
    ///
    /// # Errors
    /// `Internal`, when `account` is empty.
    pub fn otpauth_uri(&self, issuer: &str, account: &str) -> Result<String> {
        let issuer = Some(issuer.replace(':', " ")).filter(|issuer| !issuer.trim().is_empty());
        let builder = builder(self.0).with_issuer(issuer).with_account_name(account.replace(':', " "));
        let totp = builder.build().map_err(Error::internal)?;
        totp.to_url().map_err(Error::internal)
    }

    /// The step whose code this is, if it is later than `last_step`, the one accepted before: a code works once
    /// (RFC 6238 §5.2). One step either way of `now` is tolerated, for clocks that are off by up to 30 seconds.
    #[must_use]
    pub fn accept(&self, code: &str, now: Timestamp, last_step: Option<i64>) -> Option<i64> {
        let totp = builder(self.0).build().ok()?;
        let current = now.as_micros().div_euclid(1_000_000 * STEP_SECONDS);
        // All three are compared, and the latest counts: should neighbours share a code, it works once all the same.
        let mut accepted = None;
        for step in [current - 1, current, current + 1] {
            if is_code(&totp, step, code) && last_step.is_none_or(|last| step > last) {
                accepted = Some(step);
            }
        }
        accepted
    }
}

fn builder(secret: [u8; 20]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS.unsigned_abs())
        .with_secret(secret)
}

fn is_code(totp: &Totp, step: i64, code: &str) -> bool {
    let seconds = step.checked_mul(STEP_SECONDS).and_then(|seconds| u64::try_from(seconds).ok());
    seconds.is_some_and(|seconds| totp.generate(seconds).to_string().as_bytes().ct_eq(code.as_bytes()).into())
}

impl fmt::Debug for AuthenticatorSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthenticatorSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// The secret of RFC 6238, appendix B.
    fn secret() -> AuthenticatorSecret {
        AuthenticatorSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn seconds(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().accept(code, seconds(time), None), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn clocks_may_be_off_by_a_step_and_not_by_two() {
        // The code of seconds 30 to 59.
        for time in [0, 29, 30, 59, 60, 89] {
            assert_eq!(secret().accept("287082", seconds(time), None), Some(1), "{time}");
        }
        for time in [-1, 90, 119, 3600] {
            assert_eq!(secret().accept("287082", seconds(time), None), None, "{time}");
        }
    }

    #[test]
    fn a_code_works_once_and_no_earlier_one_works_after_it() {
        let (now, secret) = (seconds(59), secret());
        let code = |time| builder(secret.0).build().unwrap().generate(time).to_string();
        let step = secret.accept(&code(59), now, None);
        assert_eq!(step, Some(1));
        assert_eq!(secret.accept(&code(59), now, step), None);
        assert_eq!(secret.accept(&code(0), now, step), None);
        assert_eq!(secret.accept(&code(60), now, step), Some(2));
    }

    #[test]
    fn only_six_ascii_digits_are_a_code() {
        for wrong in
            ["", "28708", "2870822", " 287082", "287082 ", "+87082", "287 082", "２８７０８２", "287083"]
        {
            assert_eq!(secret().accept(wrong, seconds(59), None), None, "{wrong}");
        }
        assert_eq!(secret().accept(&"2".repeat(10_000), seconds(59), None), None);
    }

    #[test]
    fn times_before_1970_and_far_away_do_no_harm() {
        for time in [i64::MIN, -1, i64::MAX] {
            assert_eq!(secret().accept("287082", Timestamp::from_micros(time), None), None);
        }
    }

    #[test]
    fn an_app_reads_the_name_the_address_and_the_secret() {
        let uri = secret().otpauth_uri("Ada & Söhne: Büro", "ada+tag@example.com").unwrap();
        let uri = url::Url::parse(&uri).unwrap();
        assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
        assert!(!uri.as_str().contains('ö'));
        let parts: HashMap<_, _> = uri.query_pairs().into_owned().collect();
        assert_eq!(parts["secret"], "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(parts["issuer"], "Ada & Söhne  Büro");
        let read = Totp::from_url(uri.as_str()).unwrap();
        assert_eq!((read.digits(), read.step(), read.algorithm()), (6, 30, Algorithm::SHA1));
        assert_eq!(read.account_name(), "ada+tag@example.com");
    }

    #[test]
    fn a_project_without_a_name_still_has_an_address_for_apps() {
        let uri = secret().otpauth_uri(" ", "ada@example.com").unwrap();
        assert!(uri.starts_with("otpauth://totp/ada%40example.com?secret="), "{uri}");
        assert!(secret().otpauth_uri("Acme", "").is_err());
    }

    #[test]
    fn a_secret_has_twenty_bytes_and_prints_nothing() {
        assert!(AuthenticatorSecret::from_bytes(&[1; 19]).is_none());
        assert!(AuthenticatorSecret::from_bytes(&[1; 21]).is_none());
        assert_eq!(format!("{:?}", secret()), "AuthenticatorSecret(…)");
    }
}
