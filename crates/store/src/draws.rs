//! Drawing from durable accounts: credits and quotas. A node takes a block before it spends it, so that what is spent
//! was always taken, and a crash loses at most what the node held.

use crate::api_keys::ApiKeys;
use crate::columns::{Column, column_amount};
use crate::credits::{Balance, balance, find_balance, select, time_zone};
use crate::db::{Queries, Result, Sql};
use crate::reach::Reach;
use crate::rows::time;
use crate::system::System;
use crate::tx::Tx;
use lockwork_model::calendar::{Period, Span, TimeZone};
use lockwork_model::limits::{Account, LimitName, Subject, block};
use lockwork_model::time::Timestamp;
use uuid::Uuid;

/// A quota is drawn from in hundredths, of at most so many.
const QUOTA_BLOCK_MAX: u64 = 1_000;

crate::repositories::sql! {
    CREDITS = Sql {
        sqlite: select!("c.subject_id = $1"),
        postgres: select!("c.subject_id = $1 FOR UPDATE OF c"),
    };
    QUOTA = Sql {
        sqlite: "SELECT q.period_start, q.drawn, p.time_zone FROM quota_usage q JOIN projects p ON p.id = q.project_id
                 WHERE q.subject_id = $1 AND q.name = $2",
        postgres: "SELECT q.period_start, q.drawn, p.time_zone FROM quota_usage q JOIN projects p ON p.id = q.project_id
                   WHERE q.subject_id = $1 AND q.name = $2 FOR UPDATE OF q",
    };
    INSERT_QUOTA = "INSERT INTO quota_usage (subject_id, name, project_id, api_key_id, organization_id, period_start, drawn)
                    SELECT k.id, $2, k.project_id, k.id, NULL, CAST($3 AS BIGINT), 0 FROM api_keys k WHERE k.id = $1
                    UNION ALL
                    SELECT o.id, $2, o.project_id, NULL, o.id, CAST($3 AS BIGINT), 0 FROM organizations o WHERE o.id = $1
                    ON CONFLICT DO NOTHING";
    WRITE_QUOTA = "UPDATE quota_usage SET period_start = $3, drawn = $4 WHERE subject_id = $1 AND name = $2";
    USAGE = "SELECT p.time_zone, q.period_start, q.drawn
             FROM projects p LEFT JOIN quota_usage q ON q.project_id = p.id AND q.subject_id = $2 AND q.name = $3
             WHERE p.id = $1";
    GIVE_CREDITS_BACK = "UPDATE credits SET remaining = remaining + $2 WHERE subject_id = $1 AND version = $3";
    GIVE_QUOTA_BACK = "UPDATE quota_usage SET drawn = CASE WHEN drawn > $3 THEN drawn - $3 ELSE 0 END
                       WHERE subject_id = $1 AND name = $2 AND period_start = $4";
}

/// What a quota allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaTerms {
    /// So much in each period.
    pub limit: u64,
    /// The period.
    pub period: Period,
    /// When a period began, and with it all others; without one they follow the calendar.
    pub anchor: Option<Timestamp>,
}

/// A node's wish to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawRequest {
    /// From where.
    pub account: Account,
    /// Not less than this.
    pub needed: u64,
    /// What the quota allows; `None` for credits.
    pub quota: Option<QuotaTerms>,
    /// The node's time.
    pub now: Timestamp,
}

/// What a draw brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// So much; 0 when there was not enough.
    pub amount: u64,
    /// So much nobody has drawn.
    pub left: u64,
    /// Under this version: one of the credits, or the quota's period. Newer ones are larger.
    pub version: i64,
    /// From then on it is worth nothing; `None` for ever.
    pub valid_until: Option<Timestamp>,
    /// When there is more again by itself.
    pub resets_at: Option<Timestamp>,
    /// Whether there is no such account: the key or the organization is gone, or its credits are.
    pub missing: bool,
}

/// What a node drew and did not spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unspent {
    /// From where.
    pub account: Account,
    /// So much.
    pub amount: u64,
    /// The version under which it was drawn.
    pub version: i64,
}

const MISSING: Drawn =
    Drawn { amount: 0, left: 0, version: 0, valid_until: None, resets_at: None, missing: true };

impl Drawn {
    /// Nothing drawn: what a balance has.
    fn nothing_of(balance: &Balance) -> Self {
        Self {
            amount: 0,
            left: balance.credits.remaining,
            version: balance.version,
            valid_until: None,
            resets_at: balance.resets_at(),
            missing: false,
        }
    }

    /// Nothing drawn: what a quota has, of which so much was drawn in the period from `start` to `end`.
    fn nothing_in(terms: QuotaTerms, (start, drawn, end): (Timestamp, u64, Timestamp)) -> Self {
        Self {
            amount: 0,
            left: terms.limit.saturating_sub(drawn),
            version: start.as_micros(),
            valid_until: Some(end),
            resets_at: Some(end),
            missing: false,
        }
    }
}

impl<C: Queries> ApiKeys<'_, C> {
    /// What nobody has drawn from a quota of a key or of its organization. Ask for the key first: this does not check
    /// whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undrawn_quota(
        &mut self,
        subject: Subject,
        name: &LimitName,
        terms: QuotaTerms,
        now: Timestamp,
    ) -> Result<Drawn> {
        type Row = (String, Option<i64>, Option<i64>);
        let params = (self.scope.project_id(), subject.uuid(), name.as_str().to_owned());
        let Some((zone, start, drawn)) = self.conn.fetch_optional::<Row>(USAGE, params).await? else {
            return Ok(MISSING);
        };
        let column = Column { table: "quota_usage", name: "drawn", row: subject.uuid() };
        let start = start.map_or(Timestamp::MIN, time);
        let usage = Usage { start, drawn: column.amount(drawn.unwrap_or(0))? };
        Ok(Drawn::nothing_in(terms, usage.at(now, terms, &time_zone(&zone)?)))
    }

    /// What nobody has drawn from the credits of a key or of its organization; `None` without any. Ask for the key
    /// first: this does not check whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undrawn_credits(&mut self, subject: Subject, now: Timestamp) -> Result<Option<Drawn>> {
        let balance = find_balance(self.conn, self.scope.project(), subject, now).await?;
        Ok(balance.as_ref().map(Drawn::nothing_of))
    }
}

impl System<'_, Tx> {
    /// Draws from one account. Whoever draws from several in one transaction does it in the order of the accounts, so
    /// that two do not wait for each other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draw(&mut self, request: &DrawRequest) -> Result<Drawn> {
        match (&request.account.quota, request.quota) {
            (None, _) => self.draw_credits(request).await,
            (Some(name), Some(terms)) => self.draw_quota(request, name, terms).await,
            (Some(_), None) => Ok(MISSING),
        }
    }

    async fn draw_credits(&mut self, request: &DrawRequest) -> Result<Drawn> {
        let subject = request.account.subject.uuid();
        let Some(row) = self.conn.fetch_optional(CREDITS, (subject,)).await? else { return Ok(MISSING) };
        let stored = balance(row)?;
        let (before, until) = (stored.credits.remaining, stored.refilled_until);
        let mut balance = stored.at(request.now);
        let credits = &mut balance.credits;
        let beyond = credits.block_size.saturating_sub(1);
        let amount = block(credits.remaining, request.needed, beyond).unwrap_or(0);
        credits.remaining = credits.remaining.saturating_sub(amount);
        if (balance.credits.remaining, balance.refilled_until) != (before, until) {
            balance.write(self.conn).await?;
        }
        Ok(Drawn { amount, ..Drawn::nothing_of(&balance) })
    }

    async fn draw_quota(
        &mut self,
        request: &DrawRequest,
        name: &LimitName,
        terms: QuotaTerms,
    ) -> Result<Drawn> {
        let subject = request.account.subject.uuid();
        let Some((stored, zone)) = self.quota(subject, name).await? else { return Ok(MISSING) };
        let (start, drawn, end) = stored.at(request.now, terms, &zone);
        let had = Drawn::nothing_in(terms, (start, drawn, end));
        let beyond = (terms.limit / 100).clamp(1, QUOTA_BLOCK_MAX) - 1;
        let amount = block(had.left, request.needed, beyond).unwrap_or(0);
        if amount > 0 {
            let drawn = column_amount(drawn.saturating_add(amount));
            let params = (subject, name.as_str().to_owned(), start.as_micros(), drawn);
            self.conn.execute(WRITE_QUOTA, params).await?;
        }
        Ok(Drawn { amount, left: had.left.saturating_sub(amount), ..had })
    }

    /// The use of a quota so far, from now on kept from others, and its project's time zone.
    async fn quota(&mut self, subject: Uuid, name: &LimitName) -> Result<Option<(Usage, TimeZone)>> {
        type Row = (i64, i64, String);
        let params = || (subject, name.as_str().to_owned());
        let mut row = self.conn.fetch_optional::<Row>(QUOTA, params()).await?;
        if row.is_none() {
            let first = (subject, name.as_str().to_owned(), Timestamp::MIN.as_micros());
            self.conn.execute(INSERT_QUOTA, first).await?;
            row = self.conn.fetch_optional::<Row>(QUOTA, params()).await?;
        }
        let Some((start, drawn, zone)) = row else { return Ok(None) };
        let drawn = Column { table: "quota_usage", name: "drawn", row: subject }.amount(drawn)?;
        Ok(Some((Usage { start: time(start), drawn }, time_zone(&zone)?)))
    }

    /// Gives back what was drawn and not spent, where it is still worth something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_back(&mut self, unspent: &[Unspent]) -> Result<()> {
        let mut unspent: Vec<&Unspent> = unspent.iter().filter(|unspent| unspent.amount > 0).collect();
        unspent.sort_by_key(|unspent| &unspent.account);
        for Unspent { account, amount, version } in unspent {
            let (subject, amount) = (account.subject.uuid(), column_amount(*amount));
            match &account.quota {
                None => self.conn.execute(GIVE_CREDITS_BACK, (subject, amount, *version)).await?,
                Some(name) => {
                    let params = (subject, name.as_str().to_owned(), amount, *version);
                    self.conn.execute(GIVE_QUOTA_BACK, params).await?
                }
            };
        }
        Ok(())
    }
}

/// What was drawn from a quota.
#[derive(Debug, Clone, Copy)]
struct Usage {
    /// The beginning of the period that is counted.
    start: Timestamp,
    drawn: u64,
}

impl Usage {
    /// The beginning of the period to count at `now`, what was drawn in it, and its end. A later period that another
    /// node began already, by its clock or before the terms changed, is not left again: else what is left there and
    /// here could both be drawn.
    fn at(self, now: Timestamp, terms: QuotaTerms, zone: &TimeZone) -> (Timestamp, u64, Timestamp) {
        let Span { start, end } = terms.period.containing(now, terms.anchor, zone);
        if self.start > start {
            let end = terms.period.containing(self.start, terms.anchor, zone).end;
            return (self.start, self.drawn, end);
        }
        (start, if self.start == start { self.drawn } else { 0 }, end)
    }
}
