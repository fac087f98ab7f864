//! Drawing from quotas and credits: the database gives a node blocks before they are spent, so that whatever crashes,
//! nothing is spent twice. Callers that come while a transaction is under way share the next one.

use crate::app::App;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::limits::Account;
use lockwork_model::time::{Tick, Timestamp};
use lockwork_store::Tx;
use lockwork_store::draws::{DrawRequest, Drawn, QuotaTerms, Unspent};
use lockwork_verify::{Counter, Deposit, Leftover};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a draw, or giving back, may take before its connection counts as lost.
const DRAW_TIMEOUT: Duration = Duration::from_secs(5);
/// For how long a failed draw spares the database, and every request the wait for it.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// When an account that could not serve a request is asked again: other nodes may have given some back.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How long a node keeps a block that nobody uses.
const KEPT_IDLE: Duration = Duration::from_secs(30);
/// How many requests one transaction draws for at most.
const BATCH: usize = 500;

/// What one request lacks.
#[derive(Debug)]
pub(crate) struct Draw {
    pub(crate) account: Account,
    pub(crate) counter: Counter,
    pub(crate) needed: u64,
    /// Its terms, if the account is a quota.
    pub(crate) quota: Option<QuotaTerms>,
}

/// What must be drawn from the database before a request can be decided.
#[derive(Debug)]
pub struct Draws(pub(crate) Vec<Draw>);

/// Requests that wait for a draw.
#[derive(Default)]
pub(crate) struct Drawing {
    waiting: Mutex<Vec<Waiting>>,
    /// Whoever holds it draws for all that wait.
    turn: tokio::sync::Mutex<()>,
    /// Until when the database is spared.
    down_until: AtomicU64,
}

struct Waiting {
    draws: Vec<Draw>,
    /// Dropped when the draw is over, however it ended.
    _done: oneshot::Sender<()>,
}

/// What all that wait for one account lack.
struct Wanted {
    counter: Counter,
    quota: Option<QuotaTerms>,
    /// Of all together.
    needed: u64,
    /// Of the most modest one.
    least: u64,
    /// What this node has of it already.
    held: u64,
}

impl Wanted {
    /// Whether a draw of so much serves the most modest one.
    const fn is_served_by(&self, amount: u64) -> bool {
        amount >= self.least.saturating_sub(self.held)
    }
}

impl Drawing {
    /// Whether the last draw failed just now.
    pub(crate) fn is_down(&self, now: Tick) -> bool {
        now.0 < self.down_until.load(Relaxed)
    }

    fn push(&self, waiting: Waiting) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(waiting);
    }

    /// Lets all that wait go on without a draw.
    fn give_up(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }
}

impl App {
    /// Draws, and returns when the request may be decided again, whether the draw succeeded or not.
    pub async fn draw(&self, draws: Draws) {
        let (done, drawn) = oneshot::channel();
        self.drawing().push(Waiting { draws: draws.0, _done: done });
        let app = self.clone();
        // Where the database's connections live, whichever thread asks; and apart from the caller, who may leave.
        self.runtime().spawn(async move { app.draw_waiting().await });
        let _ = drawn.await;
    }

    /// Draws until nobody waits. Every caller starts one such task, so that none is forgotten.
    async fn draw_waiting(&self) {
        let _turn = self.drawing().turn.lock().await;
        loop {
            let waiting = self.drawing().take();
            if waiting.is_empty() {
                return;
            }
            let mut wanted: BTreeMap<Account, Wanted> = BTreeMap::new();
            for draw in waiting.iter().flat_map(|waiting| &waiting.draws) {
                let entry = wanted.entry(draw.account.clone()).or_insert(Wanted {
                    counter: draw.counter,
                    quota: None,
                    needed: 0,
                    least: u64::MAX,
                    held: 0,
                });
                entry.quota = draw.quota;
                entry.needed = entry.needed.saturating_add(draw.needed);
                entry.least = entry.least.min(draw.needed);
            }
            wanted.retain(|_, wanted| self.lacks(wanted));
            if wanted.is_empty() {
                continue;
            }
            let drawn = tokio::time::timeout(DRAW_TIMEOUT, self.draw_all(&wanted)).await;
            let drawn = drawn.unwrap_or_else(|_| Err(Error::unavailable("the draw took too long")));
            if let Err(error) = drawn {
                tracing::warn!(error = ?error, "quotas and credits cannot be drawn from the database");
                let until = self.tick().after(REST_AFTER_FAILURE);
                self.drawing().down_until.store(until.0, Relaxed);
                // Who came meanwhile has waited long enough too.
                self.drawing().give_up();
            }
        }
    }

    /// Whether this node holds too little for all that wait, and how much. What the draw before brought may be enough for
    /// those that came during it; they must not draw a block of their own beside it.
    fn lacks(&self, wanted: &mut Wanted) -> bool {
        let held = self.limiter().held(wanted.counter, self.now());
        wanted.held = held.map_or(0, |held| held.amount);
        held.is_none_or(|held| held.amount < wanted.needed)
    }

    async fn draw_all(&self, wanted: &BTreeMap<Account, Wanted>) -> Result<()> {
        let now = self.now();
        let (tx, drawn) = match self.draw_uncommitted(wanted, now).await {
            // PostgreSQL may end one of two transactions that wait for each other. A commit is never repeated: it may
            // have succeeded.
            Err(error) if error.code() == ErrorCode::Unavailable => {
                self.draw_uncommitted(wanted, now).await?
            }
            drawn => drawn?,
        };
        // Only what is committed is spent.
        tx.commit_unaudited(now).await?;
        let retry_at = self.tick().after(ASK_AGAIN_AFTER);
        for ((account, wanted), drawn) in wanted.iter().zip(drawn) {
            let served = !drawn.missing && wanted.is_served_by(drawn.amount);
            let deposit = Deposit {
                amount: drawn.amount,
                left: drawn.left,
                version: drawn.version,
                valid_until: drawn.valid_until,
                resets_at: drawn.resets_at,
                refused_cost: (!served).then_some(if drawn.missing { 0 } else { wanted.least }),
                retry_at,
            };
            self.limiter().deposit(wanted.counter, account, deposit);
        }
        Ok(())
    }

    /// A transaction in which everything was drawn, and what each account gave.
    async fn draw_uncommitted(
        &self,
        wanted: &BTreeMap<Account, Wanted>,
        now: Timestamp,
    ) -> Result<(Tx, Vec<Drawn>)> {
        let mut tx = self.store().begin().await?;
        let mut all = Vec::with_capacity(wanted.len());
        // In the order of the accounts, so that two nodes never wait for each other.
        for (account, wanted) in wanted {
            all.push(draw_one(&mut tx, account, wanted, now).await?);
        }
        Ok((tx, all))
    }

    /// Gives the database back what this node drew and does not use; everything when `all`.
    ///
    /// # Errors
    /// When the database fails; what was on its way then is lost, within what a crash may lose.
    pub async fn give_back(&self, all: bool) -> Result<()> {
        // A draw under way first brings what it drew.
        let _turn = self.drawing().turn.lock().await;
        if self.limiter().memory().leases == 0 {
            return Ok(());
        }
        let given = tokio::time::timeout(DRAW_TIMEOUT, self.give_back_now(all)).await;
        given.unwrap_or_else(|_| Err(Error::unavailable("giving back took too long")))
    }

    async fn give_back_now(&self, all: bool) -> Result<()> {
        // First a transaction: while the database is away, what was drawn stays where it can be used.
        let mut tx = self.store().begin().await?;
        let idle_since = Tick(self.tick().0.saturating_sub(KEPT_IDLE.as_micros() as u64));
        let leftovers = self.limiter().collect((!all).then_some(idle_since));
        let unspent = leftovers.into_iter().filter(|leftover| leftover.amount > 0);
        let unspent: Vec<Unspent> = unspent
            .map(|Leftover { account, amount, version, .. }| Unspent { account, amount, version })
            .collect();
        if unspent.is_empty() {
            return Ok(());
        }
        tx.system().give_back(&unspent).await?;
        Ok(tx.commit_unaudited(self.now()).await?)
    }
}

async fn draw_one(tx: &mut Tx, account: &Account, wanted: &Wanted, now: Timestamp) -> Result<Drawn> {
    let request = |needed| DrawRequest { account: account.clone(), needed, quota: wanted.quota, now };
    let lacking = wanted.needed.saturating_sub(wanted.held);
    let drawn = tx.system().draw(&request(lacking)).await?;
    let refused = drawn.amount == 0 && lacking > 0 && !drawn.missing;
    if refused && drawn.left > 0 && wanted.is_served_by(drawn.left) {
        // Not enough for all that wait, but for some.
        return Ok(tx.system().draw(&request(drawn.left)).await?);
    }
    Ok(drawn)
}
