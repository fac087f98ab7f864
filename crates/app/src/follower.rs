//! Following the change feed: one task for each node, the only writer of its index.
//!
//! Every change reaches the index by this one road, those of this node too: an operation that commits waits until
//! the follower has read past its commit, so that what was acknowledged is in effect here at once.

use crate::app::App;
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{
    ApiKeyId, BackendApiKeyId, LimitOverrideId, OrganizationId, PlanId, ProjectId, RoleId,
};
use lockwork_model::limits::{Account, Subject};
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use lockwork_store::feed::{Batch, Feed};
use lockwork_verify::Index;
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

/// How long an operation waits until its change is in effect on this node.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(5);
/// How long reading what changed may take before its connection counts as lost. The largest change is an
/// organization with millions of keys.
const APPLY_TIMEOUT: Duration = Duration::from_secs(120);
/// How long telling the other nodes may take.
const NOTIFY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the follower rests after a failed read.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Where the follower is, and who waits for it.
pub(crate) struct Follower {
    /// The place in the feed; `None` until the index is loaded.
    feed: Mutex<Option<Feed>>,
    /// Counts the commits of this node.
    committed: AtomicU64,
    /// Wakes the follower.
    wake: Notify,
    /// Wakes the announcer.
    announce: Notify,
    /// Up to which commit of this node the index is known to be complete; `None` while nobody follows.
    applied: watch::Sender<Option<u64>>,
    /// When the index was last known to be complete, in microseconds; 0 for never.
    caught_up_at: AtomicI64,
}

impl Follower {
    pub(crate) fn new() -> Self {
        Self {
            feed: Mutex::new(None),
            committed: AtomicU64::new(0),
            wake: Notify::new(),
            announce: Notify::new(),
            applied: watch::Sender::new(None),
            caught_up_at: AtomicI64::new(0),
        }
    }

    pub(crate) fn caught_up_at(&self) -> Option<Timestamp> {
        match self.caught_up_at.load(Ordering::Relaxed) {
            0 => None,
            micros => Some(Timestamp::from_micros(micros)),
        }
    }

    /// The place in the feed that the index has reached.
    pub(crate) fn place(&self) -> Option<Feed> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_place(&self, feed: Feed) {
        *self.feed.lock().unwrap_or_else(PoisonError::into_inner) = Some(feed);
    }

    /// Tells that this node committed a change, and waits until its index has it. Returns at once where nobody
    /// follows, as at the command line.
    ///
    /// # Errors
    /// `Unavailable` if that takes too long.
    pub(crate) async fn committed(&self) -> Result<()> {
        let mine = self.committed.fetch_add(1, Ordering::SeqCst) + 1;
        self.announce.notify_one();
        self.wake.notify_one();
        let mut applied = self.applied.subscribe();
        let reached = applied.wait_for(|applied| applied.is_none_or(|applied| applied >= mine));
        match tokio::time::timeout(CATCH_UP_TIMEOUT, reached).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Error::stored_not_applied()),
        }
    }
}

impl App {
    /// Waits until this node has read everything that was committed before the call.
    ///
    /// # Errors
    /// `Unavailable` if that takes too long.
    pub async fn refresh(&self) -> Result<()> {
        self.follower().committed().await
    }

    /// Follows the change feed until `shutdown`. Load the index first.
    pub async fn follow(self, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            () = shutdown => {}
            () = self.follow_forever() => {}
            () = self.announce_forever() => {}
            () = self.listen_forever() => {}
        }
        self.follower().applied.send_replace(None);
    }

    async fn follow_forever(&self) {
        let follower = self.follower();
        follower.applied.send_replace(Some(0));
        loop {
            let committed = follower.committed.load(Ordering::SeqCst);
            let began = self.now();
            match self.catch_up().await {
                Ok(()) => {
                    follower.caught_up_at.store(began.as_micros(), Ordering::Relaxed);
                    follower.applied.send_replace(Some(committed));
                }
                Err(error) => {
                    tracing::warn!(error = ?error, "the change feed cannot be read; verifying goes on from memory");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
            tokio::select! {
                () = follower.wake.notified() => {}
                () = tokio::time::sleep(self.options().poll_interval) => {}
            }
        }
    }

    /// Tells the other nodes of commits: after them and together, since PostgreSQL lets transactions that notify
    /// commit only one by one. A lost notification costs one poll interval.
    async fn announce_forever(&self) {
        loop {
            self.follower().announce.notified().await;
            match tokio::time::timeout(NOTIFY_TIMEOUT, self.store().notify()).await {
                Ok(Ok(())) => {}
                failed => tracing::debug!(?failed, "other nodes could not be notified; they poll"),
            }
        }
    }

    /// Wakes the follower when another node notifies.
    async fn listen_forever(&self) {
        let mut notifications = self.store().notifications();
        loop {
            notifications.received().await;
            self.follower().wake.notify_one();
        }
    }

    /// Reads the feed to its end and applies it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn catch_up(&self) -> Result<()> {
        let Some(mut feed) = self.follower().place() else {
            return Err(Error::internal("the index was not loaded before following"));
        };
        loop {
            match feed.next(self.store()).await? {
                Batch::Changes { changes, more } => {
                    let lost = |_| Error::unavailable("what changed was not read in time");
                    tokio::time::timeout(APPLY_TIMEOUT, self.apply(&changes)).await.map_err(lost)??;
                    self.follower().set_place(feed.clone());
                    if !more {
                        return Ok(());
                    }
                }
                Batch::TooOld => {
                    tracing::warn!(
                        "this node was away longer than the change feed is kept; loading the index anew"
                    );
                    self.load_rows(&mut |_| {}).await?;
                    feed = self.follower().place().unwrap_or(feed);
                }
            }
        }
    }

    /// Brings the index to the present state of whatever changed. May be repeated, and in any order.
    async fn apply(&self, changes: &[Change]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let index = self.index();
        let of = |kind: ChangeKind| -> HashSet<Uuid> {
            changes.iter().filter(|change| change.kind == kind).map(|change| change.entity).collect()
        };
        let mut conn = self.store().read().await?;
        for id in of(ChangeKind::Project).into_iter().map(ProjectId::from_uuid) {
            match conn.project_facts(id).await? {
                Some(facts) => index.upsert_project(facts),
                None => index.remove_project(id),
            }
        }
        for id in of(ChangeKind::RbacPolicy).into_iter().map(ProjectId::from_uuid) {
            index.set_actions(id, conn.action_facts(id).await?).map_err(Error::internal)?;
        }
        for id in of(ChangeKind::Plan).into_iter().map(PlanId::from_uuid) {
            match conn.plan_facts(id).await? {
                Some(facts) => index.upsert_plan(facts),
                None => index.remove_plan(id),
            }
        }
        for id in of(ChangeKind::LimitOverride).into_iter().map(LimitOverrideId::from_uuid) {
            match conn.limit_override_facts(id).await? {
                Some(facts) => index.upsert_limit_override(facts),
                None => index.remove_limit_override(id),
            }
        }
        for id in of(ChangeKind::Role).into_iter().map(RoleId::from_uuid) {
            match conn.role_facts(id).await? {
                Some(facts) => index.upsert_role(facts).map_err(Error::internal)?,
                None => index.remove_role(id).map_err(Error::internal)?,
            }
        }
        for id in of(ChangeKind::Organization).into_iter().map(OrganizationId::from_uuid) {
            match conn.organization_facts(id).await? {
                Some(facts) => {
                    let with_credits = facts.rules.has_credits.then_some(Subject::Organization(id));
                    index.upsert_organization(facts).map_err(Error::internal)?;
                    self.void_credits(&mut conn, with_credits.as_slice()).await?;
                }
                None => index.remove_organization(id),
            }
        }
        for id in of(ChangeKind::BackendApiKey).into_iter().map(BackendApiKeyId::from_uuid) {
            match conn.backend_key_facts(id).await? {
                Some((facts, false)) => index.upsert_backend_key(facts),
                Some((facts, true)) => index.remove_backend_key(&facts.hash),
                None => forget(changes, id.uuid(), |hash| index.remove_backend_key(hash)),
            }
        }
        for id in of(ChangeKind::OrganizationApiKeys).into_iter().map(OrganizationId::from_uuid) {
            let ids = conn.organization_keys(id).await?;
            self.apply_keys(&index, &mut conn, &ids, changes).await?;
        }
        let ids: Vec<ApiKeyId> = of(ChangeKind::ApiKey).into_iter().map(ApiKeyId::from_uuid).collect();
        self.apply_keys(&index, &mut conn, &ids, changes).await
    }

    async fn apply_keys(
        &self,
        index: &Index,
        conn: &mut lockwork_store::Conn,
        ids: &[ApiKeyId],
        changes: &[Change],
    ) -> Result<()> {
        let mut gone: HashSet<ApiKeyId> = ids.iter().copied().collect();
        let mut with_credits = Vec::new();
        for facts in conn.key_facts(ids).await? {
            gone.remove(&facts.id);
            with_credits.extend(facts.grants.rules.has_credits.then_some(Subject::ApiKey(facts.id)));
            // A secret that a rotation pushed out is in the feed; one that is back in use since is not forgotten.
            let works = |hash: &SecretHash| {
                *hash == facts.hash || facts.former.is_some_and(|former| former.hash == *hash)
            };
            forget(changes, facts.id.uuid(), |hash| {
                if !works(hash) {
                    index.remove_key(hash);
                }
            });
            index.upsert_key(&facts).map_err(Error::internal)?;
        }
        for id in gone {
            forget(changes, id.uuid(), |hash| index.remove_key(hash));
        }
        self.void_credits(conn, &with_credits).await
    }

    /// Takes from this node what it drew of credits that were set anew since.
    async fn void_credits(&self, conn: &mut lockwork_store::Conn, subjects: &[Subject]) -> Result<()> {
        if subjects.is_empty() {
            return Ok(());
        }
        for (subject, version) in conn.credits_versions(subjects).await? {
            // Without credits there is nothing to spend.
            let Some(version) = version else { continue };
            let account = Account { subject, quota: None };
            self.limiter().void(self.limiter().account_counter(&account), &account, version);
        }
        Ok(())
    }
}

/// Forgets the secrets of something deleted; the changes carry their hashes.
fn forget(changes: &[Change], entity: Uuid, remove: impl Fn(&SecretHash)) {
    let details =
        changes.iter().filter(|change| change.entity == entity).filter_map(|change| change.detail.as_deref());
    for hash in details.filter_map(|detail| <[u8; 32]>::try_from(detail).ok()) {
        remove(&SecretHash::from_bytes(hash));
    }
}
