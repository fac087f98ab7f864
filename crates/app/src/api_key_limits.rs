//! What is left of a key's limits and credits.

use crate::api_keys::not_found;
use crate::app::App;
use crate::ctx::Ctx;
use crate::deciding::{quota_terms, under_its_terms};
use lockwork_model::access::Permission;
use lockwork_model::api_keys::ApiKey;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::ApiKeyId;
use lockwork_model::limits::{Limit, LimitKind, Subject};
use lockwork_model::time::Timestamp;
use lockwork_store::draws::Drawn;
use lockwork_verify::{Counter, Held, Key, Rule, Take, UnknownPlan};

/// What is left of one limit.
#[derive(Debug, Clone)]
pub struct LimitLeft {
    /// Whose use it counts.
    pub subject: Subject,
    /// The limit.
    pub limit: Limit,
    /// What is left.
    pub remaining: u64,
    /// When all of it is free again; `None` while it is.
    pub resets_at: Option<Timestamp>,
}

/// What is left of a balance of credits.
#[derive(Debug, Clone, Copy)]
pub struct CreditsLeft {
    /// Whose they are.
    pub subject: Subject,
    /// What is left.
    pub remaining: u64,
    /// When they are filled up.
    pub resets_at: Option<Timestamp>,
}

/// Everything that a use of a key may count against.
#[derive(Debug, Clone, Default)]
pub struct ApiKeyLimits {
    /// The key's limits, then its organization's, of each those of the plan behind its own.
    pub limits: Vec<LimitLeft>,
    /// The key's credits and its organization's, as far as they have some.
    pub credits: Vec<CreditsLeft>,
}

/// What binds a key, copied from the index.
#[derive(Default)]
struct Bound {
    limits: Vec<(Subject, Limit, Counter)>,
    credits: Vec<(Subject, Counter)>,
}

impl Bound {
    fn of(key: &Key<'_>) -> Result<Self, UnknownPlan> {
        let mut bound = Self::default();
        key.each_limit(|limit| bound.limits.push((limit.subject, limit.limit.clone(), limit.counter)))?;
        key.each_credit(|subject, counter| bound.credits.push((subject, counter)));
        Ok(bound)
    }
}

impl App {
    /// What is left of everything that a use of the key may count against, those limits included that count only when
    /// they are named. Counts nothing. Of a rate it is what this node would let in; of quotas and credits what no node
    /// has drawn, and what this one has drawn and not used.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `Unavailable` while this node does not know the key or a plan of it yet.
    pub async fn get_api_key_limits(&self, ctx: &Ctx, id: ApiKeyId) -> Result<ApiKeyLimits> {
        let scope = self.authorize(ctx, Permission::ApiKeysRead).await?;
        let mut conn = self.store().read().await?;
        let key = conn.api_keys(&scope).find(id).await?.ok_or_else(not_found)?;
        let bound = self.bound(ctx, &key)?;
        let mut left = ApiKeyLimits::default();
        for (subject, limit, counter) in bound.limits {
            let (remaining, resets_at) = match quota_terms(&limit) {
                None => self.left_of_rate(&limit, counter, ctx.now()),
                Some(terms) => {
                    let held = self.limiter().held(under_its_terms(counter, &limit), ctx.now());
                    let mut keys = conn.api_keys(&scope);
                    let undrawn = keys.undrawn_quota(subject, &limit.name, terms, ctx.now()).await?;
                    (left_of_account(undrawn, held), undrawn.resets_at)
                }
            };
            let remaining = remaining.min(limit.limit);
            left.limits.push(LimitLeft { subject, limit, remaining, resets_at });
        }
        for (subject, counter) in bound.credits {
            let held = self.limiter().held(counter, ctx.now());
            if let Some(undrawn) = conn.api_keys(&scope).undrawn_credits(subject, ctx.now()).await? {
                let remaining = left_of_account(undrawn, held);
                left.credits.push(CreditsLeft { subject, remaining, resets_at: undrawn.resets_at });
            }
        }
        Ok(left)
    }

    fn bound(&self, ctx: &Ctx, key: &ApiKey) -> Result<Bound> {
        let found = self
            .index()
            .find_by_hash(ctx.project(), &key.secret.hash, ctx.now(), |found| found.map(Bound::of));
        let bound = found.ok_or_else(|| Error::unavailable("this node does not know the api key yet"))?;
        bound.map_err(|_| Error::unavailable("this node does not know a plan of the api key yet"))
    }

    fn left_of_rate(&self, limit: &Limit, counter: Counter, now: Timestamp) -> (u64, Option<Timestamp>) {
        let LimitKind::Rate(rate) = limit.kind else { return (0, None) };
        let mut takes = [Take::new(counter, Rule::Rate { limit: limit.limit, rate }, 0)];
        self.limiter().ask(&mut takes, self.tick(), now);
        let [Take { outcome, .. }] = takes;
        (outcome.remaining, (!outcome.reset.is_zero()).then(|| now.after(outcome.reset)))
    }
}

/// What is left of an account: what nobody drew, and what this node holds of the same version. The node is asked before
/// the database: what it draws between the two is then missing, not counted twice.
fn left_of_account(undrawn: Drawn, held: Option<Held>) -> u64 {
    let held = held.filter(|held| held.version == undrawn.version);
    undrawn.left.saturating_add(held.map_or(0, |held| held.amount))
}
