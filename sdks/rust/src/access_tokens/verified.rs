use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use ring::digest::{SHA256, digest};

use crate::AccessTokenClaims;

/// How many tokens are remembered; at one or two KiB each, a few MiB at most.
const MAX_TOKENS: usize = 4096;

/// SHA-256 of a token's text. The text itself is not kept.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// Tokens that held under one configuration, so that the second use of each costs a hash instead of a signature. Their
/// times are judged at each use.
#[derive(Default)]
pub(super) struct VerifiedTokens(RwLock<HashMap<Fingerprint, Arc<AccessTokenClaims>>>);

impl VerifiedTokens {
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<Arc<AccessTokenClaims>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(fingerprint).cloned()
    }

    /// Remembers a token. When there are too many, those that ended before `now` (seconds since 1970) go, and if most
    /// still live, all of them: to be forgotten only costs a signature, and so it is rare.
    pub(super) fn insert(&self, fingerprint: Fingerprint, claims: Arc<AccessTokenClaims>, now: i64) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, claims| now < claims.exp);
            if tokens.len() > MAX_TOKENS / 2 {
                tokens.clear();
            }
        }
        tokens.insert(fingerprint, claims);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(exp: i64) -> Arc<AccessTokenClaims> {
        let json = format!(
            r#"{{"iss":"","aud":"","sub":"","exp":{exp},"nbf":0,"iat":0,"session":{{"id":""}},"user":{{"id":""}},"organization":{{"id":""}}}}"#
        );
        Arc::new(serde_json::from_str(&json).unwrap())
    }

    fn fingerprint(number: usize) -> Fingerprint {
        Fingerprint::of(&number.to_string())
    }

    #[test]
    fn expired_tokens_make_room_before_living_ones() {
        let tokens = VerifiedTokens::default();
        (0..MAX_TOKENS).for_each(|number| {
            tokens.insert(fingerprint(number), claims(if number < 10 { 300 } else { 100 }), 0);
        });
        tokens.insert(fingerprint(MAX_TOKENS), claims(400), 200);
        assert!((0..10).chain([MAX_TOKENS]).all(|number| tokens.get(&fingerprint(number)).is_some()));
        assert!(tokens.get(&fingerprint(10)).is_none());
    }

    #[test]
    fn there_are_never_more_tokens_than_the_bound() {
        let tokens = VerifiedTokens::default();
        (0..3 * MAX_TOKENS).for_each(|number| {
            tokens.insert(fingerprint(number), claims(300), 0);
            assert!(tokens.0.read().unwrap().len() <= MAX_TOKENS);
            assert!(tokens.get(&fingerprint(number)).is_some());
        });
    }
}
