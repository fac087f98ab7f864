//! The secrets of 128 bits: a prefix and 25 base-36 digits (contract §2.2). Storage keeps the SHA-256 of the 16 bytes.

use crate::base36::{self, DIGITS_16};
use crate::entropy::Entropy;
use crate::secrets::{MalformedSecret, SecretHash, SecretText, hash_of_16};
use std::fmt;
use std::str::FromStr;

macro_rules! short_secrets {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Prints nothing.
        #[derive(Clone, Copy)]
        pub struct $name([u8; 16]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl $name {
            /// What its text begins with.
            pub const PREFIX: &'static str = $prefix;
            /// Bytes of its text.
            pub const TEXT_BYTES: usize = Self::PREFIX.len() + DIGITS_16;

            /// A new random secret.
            pub fn generate(entropy: &mut dyn Entropy) -> Self {
                Self(crate::ids::random_uuid(entropy).into_bytes())
            }

            /// SHA-256 of the 16 raw bytes.
            #[must_use]
            pub fn hash(&self) -> SecretHash {
                hash_of_16(&self.0)
            }

            /// The secret's text, shown once.
            #[must_use]
            pub fn to_secret(&self) -> SecretText {
                let mut text = String::with_capacity(Self::TEXT_BYTES);
                text.push_str(Self::PREFIX);
                text.extend(base36::encode_16(&self.0).iter().map(|&digit| digit as char));
                SecretText::new(text)
            }
        }

        impl FromStr for $name {
            type Err = MalformedSecret;

            fn from_str(text: &str) -> Result<Self, MalformedSecret> {
                let digits = text.strip_prefix(Self::PREFIX).ok_or(MalformedSecret)?;
                base36::decode_16(digits.as_bytes()).map(Self).ok_or(MalformedSecret)
            }
        }
    )*};
}

short_secrets! {
    /// The secret of a Backend API key.
    BackendSecret = "tesseral_secret_key_";
    /// What a session is refreshed with.
    RefreshToken = "tesseral_secret_session_refresh_token_";
    /// What an app on another domain exchanges, once, for a session.
    RelayedSessionToken = "tesseral_secret_relayed_session_token_";
    /// What an app on another domain refreshes its session with.
    RelayedRefreshToken = "tesseral_secret_relayed_session_refresh_token_";
    /// What a login in progress is continued with.
    IntermediateSessionToken = "tesseral_secret_intermediate_session_token_";
    /// What one person signs in as another with, once.
    ImpersonationToken = "tesseral_secret_user_impersonation_token_";
    /// What the link in a mail proves an address with.
    EmailChallengeCode = "email_verification_challenge_code_";
    /// What the link in a mail lets a password be replaced with.
    PasswordResetCode = "password_reset_code_";
    /// What stands in for an authenticator app, once.
    RecoveryCode = "authenticator_app_recovery_code_";
    /// What makes the first owner of an organization, once.
    SignUpToken = "tesseral_secret_sign_up_token_";
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Repeat(u8);
    impl Entropy for Repeat {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn the_vector_of_the_contract_holds() {
        let uuid: uuid::Uuid = "0191e3a0-7c1b-4f00-8000-0123456789ab".parse().unwrap();
        let hash = BackendSecret(uuid.into_bytes()).hash();
        let hex: String = hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "d730883ba11a429476db0fd2204b45a30335a982dfcfaa063f144e058f92817f");
    }

    #[test]
    fn a_secret_reads_back_and_is_no_secret_of_another_kind() {
        let token = RefreshToken::generate(&mut Repeat(9));
        let text = token.to_secret();
        assert_eq!(text.reveal().len(), RefreshToken::TEXT_BYTES);
        assert_eq!(text.reveal().parse::<RefreshToken>().unwrap().hash(), token.hash());
        assert!(text.reveal().parse::<RelayedRefreshToken>().is_err());
        assert!(text.reveal().to_uppercase().parse::<RefreshToken>().is_err());
        assert_eq!(format!("{token:?}"), "RefreshToken(…)");
    }
}
