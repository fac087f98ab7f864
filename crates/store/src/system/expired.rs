//! Clearing away what is over.

use super::System;
use crate::db::Result;
use crate::tx::Tx;
use lockwork_model::time::Timestamp;

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;
/// How long attempts are kept, in microseconds; they count for far less.
const LOCKOUTS_KEPT: i64 = DAY_MICROS;
/// How long counts of mails are kept, in days.
const MAIL_COUNTS_KEPT: i64 = 7;

/// Deletes 1,000 rows at most, so that nobody waits for long.
macro_rules! delete_some {
    ($table:literal, $key:literal, $when:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE (",
            $key,
            ") IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $when,
            " LIMIT 1000) AND ",
            $when
        )
    };
}

crate::repositories::sql! {
    LOGINS = delete_some!("logins", "id", "expires_at <= $1");
    CHALLENGES = delete_some!("user_challenges", "user_id, kind", "expires_at <= $1");
    IMPERSONATION_TOKENS = delete_some!("impersonation_tokens", "secret_hash", "expires_at <= $1");
    SIGN_UP_LINKS = delete_some!("sign_up_links", "secret_hash", "expires_at <= $1");
    LOCKOUTS = delete_some!("lockouts", "project_id, kind, subject", "last_at <= $1");
    MAIL_COUNTS = delete_some!("mail_counts", "project_id, day", "day <= $1");
}

impl System<'_, Tx> {
    /// Clears logins, challenges, tokens and links away that are over, and attempts and counts of mails that are old:
    /// 1,000 of each at most. Tells how many there were; 0 is the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired(&mut self, now: Timestamp) -> Result<u64> {
        let now = now.as_micros();
        let mut deleted = 0;
        for (sql, until) in [
            (LOGINS, now),
            (CHALLENGES, now),
            (IMPERSONATION_TOKENS, now),
            (SIGN_UP_LINKS, now),
            (LOCKOUTS, now.saturating_sub(LOCKOUTS_KEPT)),
            (MAIL_COUNTS, now.div_euclid(DAY_MICROS) - MAIL_COUNTS_KEPT),
        ] {
            deleted += self.conn.execute(sql, (until,)).await?;
        }
        Ok(deleted)
    }
}
