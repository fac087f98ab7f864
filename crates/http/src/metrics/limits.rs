//! What limits decided, and when they could not.

use super::Page;
use lockwork_app::LimitFailure;
use lockwork_model::limits::{LimitKind, Rate};
use std::sync::atomic::AtomicU64;

/// What decided: a kind of limit, or credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decider {
    /// A rate limit in a trailing window.
    Window,
    /// A rate limit that flows back.
    Bucket,
    /// So much per period.
    Quota,
    /// A balance.
    Credits,
}

impl From<Rate> for Decider {
    fn from(rate: Rate) -> Self {
        match rate {
            Rate::Window { .. } => Self::Window,
            Rate::Bucket { .. } => Self::Bucket,
        }
    }
}

impl From<LimitKind> for Decider {
    fn from(kind: LimitKind) -> Self {
        match kind {
            LimitKind::Rate(rate) => rate.into(),
            LimitKind::Quota { .. } => Self::Quota,
        }
    }
}

/// What a limit, or credits, said to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It fits.
    Admitted,
    /// It does not fit.
    Refused,
    /// Nothing: it could not be known.
    Failed,
}

impl Decision {
    /// What something said that was able to decide.
    #[must_use]
    pub const fn of(admitted: bool) -> Self {
        if admitted { Self::Admitted } else { Self::Refused }
    }
}

const DECIDERS: [(Decider, &str); 4] = [
    (Decider::Window, "window"),
    (Decider::Bucket, "bucket"),
    (Decider::Quota, "quota"),
    (Decider::Credits, "credits"),
];
const DECISIONS: [(Decision, &str); 3] =
    [(Decision::Admitted, "admitted"), (Decision::Refused, "refused"), (Decision::Failed, "failed")];
const FAILURES: [(LimitFailure, &str); 3] =
    [(LimitFailure::NoRoom, "full"), (LimitFailure::Database, "database"), (LimitFailure::Plan, "plan")];

/// One thread's counts.
pub(super) struct LimitCounts {
    decisions: [[AtomicU64; DECISIONS.len()]; DECIDERS.len()],
    /// Refused, let in.
    failures: [[AtomicU64; 2]; FAILURES.len()],
}

impl LimitCounts {
    pub(super) const fn new() -> Self {
        Self {
            decisions: [const { [const { AtomicU64::new(0) }; DECISIONS.len()] }; DECIDERS.len()],
            failures: [const { [const { AtomicU64::new(0) }; 2] }; FAILURES.len()],
        }
    }

    pub(super) const fn decision(&self, decider: Decider, decision: Decision) -> &AtomicU64 {
        &self.decisions[decider as usize][decision as usize]
    }

    pub(super) const fn failure(&self, failure: LimitFailure, let_in: bool) -> &AtomicU64 {
        &self.failures[failure as usize][let_in as usize]
    }
}

/// Writes the counts; `sum` adds one up over all threads.
pub(super) fn render(page: &mut Page, sum: impl Fn(&dyn Fn(&LimitCounts) -> &AtomicU64) -> u64) {
    let name = "lockwork_limit_decisions_total";
    page.family(name, "counter", "What limits and credits decided, by their kind.");
    for (decider, kind) in DECIDERS {
        for (decision, outcome) in DECISIONS {
            let count = sum(&|counts| counts.decision(decider, decision));
            page.sample(name, &[("kind", kind), ("outcome", outcome)], count);
        }
    }
    let name = "lockwork_limit_failures_total";
    page.family(name, "counter", "Requests whose limits could not be decided, by what failed.");
    for (failure, what) in FAILURES {
        for (let_in, text) in [(true, "true"), (false, "false")] {
            let count = sum(&|counts| counts.failure(failure, let_in));
            page.sample(name, &[("what", what), ("let_in", text)], count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;
    use lockwork_model::calendar::Period;

    #[test]
    fn every_table_is_in_the_order_of_its_type() {
        for (index, (decider, _)) in DECIDERS.into_iter().enumerate() {
            assert_eq!(decider as usize, index);
        }
        for (index, (decision, _)) in DECISIONS.into_iter().enumerate() {
            assert_eq!(decision as usize, index);
        }
        for (index, (failure, _)) in FAILURES.into_iter().enumerate() {
            assert_eq!(failure as usize, index);
        }
    }

    #[test]
    fn what_limits_decide_on_any_thread_is_shown_by_kind_and_outcome() {
        let metrics = Metrics::new();
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    metrics.limit_decision(Decider::Window, Decision::Admitted);
                    metrics.limit_decision(Decider::Credits, Decision::Refused);
                    metrics.limit_failure(LimitFailure::Database, true);
                    metrics.limit_failure(LimitFailure::Database, false);
                    metrics.limit_failure(LimitFailure::Plan, false);
                });
            }
        });
        let quota = LimitKind::Quota { period: Period::Day, anchor: None };
        metrics.limit_decision(quota, Decision::Failed);
        let bucket = Rate::Bucket { seconds: 1, burst: 1 };
        metrics.limit_decision(bucket, Decision::of(false));
        metrics.limit_decision(LimitKind::Rate(bucket), Decision::of(true));
        let text = metrics.render(&[]);
        for line in [
            "# TYPE lockwork_limit_decisions_total counter",
            "lockwork_limit_decisions_total{kind=\"window\",outcome=\"admitted\"} 20",
            "lockwork_limit_decisions_total{kind=\"window\",outcome=\"refused\"} 0",
            "lockwork_limit_decisions_total{kind=\"bucket\",outcome=\"refused\"} 1",
            "lockwork_limit_decisions_total{kind=\"bucket\",outcome=\"admitted\"} 1",
            "lockwork_limit_decisions_total{kind=\"quota\",outcome=\"failed\"} 1",
            "lockwork_limit_decisions_total{kind=\"credits\",outcome=\"refused\"} 20",
            "# TYPE lockwork_limit_failures_total counter",
            "lockwork_limit_failures_total{what=\"full\",let_in=\"true\"} 0",
            "lockwork_limit_failures_total{what=\"database\",let_in=\"true\"} 20",
            "lockwork_limit_failures_total{what=\"database\",let_in=\"false\"} 20",
            "lockwork_limit_failures_total{what=\"plan\",let_in=\"false\"} 20",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
