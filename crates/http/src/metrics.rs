//! Counters for Prometheus, in its text format 0.0.4.
//!
//! What the hot path counts is spread over one cache line group per thread and added up when somebody asks, so
//! that counting costs an uncontended add. Everything else is counted behind a lock: it has just been to a
//! database.

mod limits;

pub use limits::{Decider, Decision};

use crate::fast_lane::HotRoute;
use limits::LimitCounts;
use lockwork_app::LimitFailure;
use lockwork_model::verification::Code;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The process's only registry.
pub static METRICS: Metrics = Metrics::new();

const SHARDS: usize = 16;
const ROUTES: usize = HotRoute::ALL.len();
const CODES: usize = Code::ALL.len();
/// Status classes 1xx to 5xx.
const CLASSES: usize = 5;
/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Everything that is counted.
pub struct Metrics {
    shards: [Shard; SHARDS],
    routed: Mutex<BTreeMap<Route, Routed>>,
    connections_open: AtomicU64,
}

/// A point-in-time value that somebody else knows.
#[derive(Debug, Clone, Copy)]
pub struct Gauge<'a> {
    /// Its name, `lockwork_…`, with its unit as suffix.
    pub name: &'a str,
    /// One line that explains it.
    pub help: &'a str,
    /// Its value.
    pub value: f64,
}

#[repr(align(128))]
struct Shard {
    hot: [[AtomicU64; CLASSES]; ROUTES],
    verifications: [AtomicU64; CODES],
    limits: LimitCounts,
    connections: [AtomicU64; Event::ALL.len()],
}

/// What may happen to a connection.
#[derive(Debug, Clone, Copy)]
enum Event {
    Accepted,
    Refused,
    AcceptFailed,
    HandshakeFailed,
    HandedOver,
    TimedOut,
}

impl Event {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Accepted, "accepted"),
        (Self::Refused, "refused"),
        (Self::AcceptFailed, "accept_failed"),
        (Self::HandshakeFailed, "handshake_failed"),
        (Self::HandedOver, "handed_over"),
        (Self::TimedOut, "timed_out"),
    ];
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    method: String,
    path: String,
}

#[derive(Default)]
struct Routed {
    classes: [u64; CLASSES],
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    const fn new() -> Self {
        Self {
            shards: [const { Shard::new() }; SHARDS],
            routed: Mutex::new(BTreeMap::new()),
            connections_open: AtomicU64::new(0),
        }
    }

    /// Counts a request that was answered from memory.
    pub fn hot_request(&self, route: HotRoute, status: u16) {
        add(&self.shard().hot[route as usize][class(status)]);
    }

    /// Counts a verdict.
    pub fn verification(&self, code: Code) {
        add(&self.shard().verifications[code as usize]);
    }

    /// Counts what a limit, or credits, said to a request.
    pub fn limit_decision(&self, decider: impl Into<Decider>, decision: Decision) {
        add(self.shard().limits.decision(decider.into(), decision));
    }

    /// Counts a request whose limits could not be decided, and whether it was let in all the same.
    pub fn limit_failure(&self, failure: LimitFailure, let_in: bool) {
        add(self.shard().limits.failure(failure, let_in));
    }

    /// Counts a request that the router answered. `path` is the route's template, so that its values are few.
    pub fn routed_request(&self, method: &str, path: &str, status: u16, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let route = Route { method: method.to_owned(), path: path.to_owned() };
        let mut routed = self.routed.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = routed.entry(route).or_default();
        entry.classes[class(status)] += 1;
        entry.count += 1;
        entry.seconds += seconds;
        if let Some(bucket) = BUCKETS.iter().position(|&bound| seconds <= bound) {
            entry.buckets[bucket] += 1;
        }
    }

    pub(crate) fn opened(&self) {
        self.connections_open.fetch_add(1, Relaxed);
        self.event(Event::Accepted);
    }

    pub(crate) fn closed(&self) {
        self.connections_open.fetch_sub(1, Relaxed);
    }

    pub(crate) fn refused(&self) {
        self.event(Event::Refused);
    }

    pub(crate) fn accept_failed(&self) {
        self.event(Event::AcceptFailed);
    }

    pub(crate) fn handshake_failed(&self) {
        self.event(Event::HandshakeFailed);
    }

    pub(crate) fn handed_over(&self) {
        self.event(Event::HandedOver);
    }

    pub(crate) fn timed_out(&self) {
        self.event(Event::TimedOut);
    }

    fn event(&self, event: Event) {
        add(&self.shard().connections[event as usize]);
    }

    fn shard(&self) -> &Shard {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static MINE: Cell<usize> = Cell::new(NEXT.fetch_add(1, Relaxed) % SHARDS);
        }
        &self.shards[MINE.get()]
    }

    fn sum(&self, counter: impl Fn(&Shard) -> &AtomicU64) -> u64 {
        self.shards.iter().map(|shard| counter(shard).load(Relaxed)).sum()
    }

    /// Everything as text, `gauges` included.
    #[must_use]
    pub fn render(&self, gauges: &[Gauge<'_>]) -> String {
        let mut page = Page::default();
        self.render_requests(&mut page);
        page.family("lockwork_verifications_total", "counter", "Verdicts on API keys, by code.");
        for code in Code::ALL {
            let count = self.sum(|shard| &shard.verifications[code as usize]);
            page.sample("lockwork_verifications_total", &[("code", code.as_str())], count);
        }
        limits::render(&mut page, |counter| self.sum(|shard| counter(&shard.limits)));
        page.family("lockwork_connections_open", "gauge", "Connections that are open now.");
        page.sample("lockwork_connections_open", &[], self.connections_open.load(Relaxed));
        page.family("lockwork_connections_total", "counter", "Connections, by what happened to them.");
        for (event, name) in Event::ALL {
            let count = self.sum(|shard| &shard.connections[event as usize]);
            page.sample("lockwork_connections_total", &[("event", name)], count);
        }
        for gauge in gauges {
            page.family(gauge.name, "gauge", gauge.help);
            page.sample(gauge.name, &[], gauge.value);
        }
        page.text
    }

    fn render_requests(&self, page: &mut Page) {
        let routed = self.routed.lock().unwrap_or_else(PoisonError::into_inner);
        // A hot route's request may have gone through the router too; both counts are one series.
        let mut totals: BTreeMap<(&str, &str, usize), u64> = BTreeMap::new();
        for route in HotRoute::ALL {
            for class in 0..CLASSES {
                let count = self.sum(|shard| &shard.hot[route as usize][class]);
                totals.insert(("POST", route.path(), class), count);
            }
        }
        for (route, counted) in routed.iter() {
            for (class, count) in counted.classes.iter().enumerate() {
                *totals.entry((&route.method, &route.path, class)).or_default() += count;
            }
        }
        page.family("lockwork_http_requests_total", "counter", "Requests, by route and class of status.");
        for ((method, path, class), count) in totals.into_iter().filter(|(_, count)| *count > 0) {
            let class = ["1xx", "2xx", "3xx", "4xx", "5xx"][class];
            let labels = [("method", method), ("route", path), ("status", class)];
            page.sample("lockwork_http_requests_total", &labels, count);
        }
        let name = "lockwork_http_request_duration_seconds";
        page.family(name, "histogram", "Time to an answer, for requests that were not answered from memory.");
        for (route, counted) in routed.iter() {
            let labels = [("method", route.method.as_str()), ("route", route.path.as_str())];
            page.histogram(name, labels, counted);
        }
    }
}

impl Shard {
    const fn new() -> Self {
        Self {
            hot: [const { [const { AtomicU64::new(0) }; CLASSES] }; ROUTES],
            verifications: [const { AtomicU64::new(0) }; CODES],
            limits: LimitCounts::new(),
            connections: [const { AtomicU64::new(0) }; Event::ALL.len()],
        }
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

fn class(status: u16) -> usize {
    usize::from(status / 100).clamp(1, CLASSES) - 1
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.text.push_str(name);
        for (index, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.text, "{}{label}=\"{text}\"", if index == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.text, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    fn histogram(&mut self, name: &str, [method, route]: [(&str, &str); 2], counted: &Routed) {
        let mut below = 0;
        for (bound, count) in BUCKETS.iter().zip(counted.buckets) {
            below += count;
            self.sample(&format!("{name}_bucket"), &[method, route, ("le", &bound.to_string())], below);
        }
        self.sample(&format!("{name}_bucket"), &[method, route, ("le", "+Inf")], counted.count);
        self.sample(&format!("{name}_sum"), &[method, route], counted.seconds);
        self.sample(&format!("{name}_count"), &[method, route], counted.count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_threads_count_apart_is_shown_as_one() {
        let metrics = Metrics::new();
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    metrics.hot_request(HotRoute::Verify, 200);
                    metrics.hot_request(HotRoute::Authenticate, 400);
                    metrics.verification(Code::InsufficientPermissions);
                });
            }
        });
        metrics.routed_request("POST", "/v1/api-keys/verify", 201, Duration::ZERO);
        metrics.opened();
        metrics.opened();
        metrics.closed();
        metrics.refused();
        let gauge = Gauge { name: "lockwork_index_keys", help: "Keys in the index.", value: 7.0 };
        let text = metrics.render(&[gauge]);
        for line in [
            "lockwork_http_requests_total{method=\"POST\",route=\"/v1/api-keys/verify\",status=\"2xx\"} 21",
            "lockwork_http_requests_total{method=\"POST\",route=\"/v1/api-keys/authenticate\",status=\"4xx\"} 20",
            "lockwork_verifications_total{code=\"INSUFFICIENT_PERMISSIONS\"} 20",
            "lockwork_verifications_total{code=\"VALID\"} 0",
            "lockwork_connections_open 1",
            "lockwork_connections_total{event=\"accepted\"} 2",
            "lockwork_connections_total{event=\"refused\"} 1",
            "# TYPE lockwork_index_keys gauge",
            "lockwork_index_keys 7",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn buckets_are_cumulative_and_labels_are_escaped() {
        let metrics = Metrics::new();
        for millis in [1, 3, 300, 9000] {
            metrics.routed_request("GET", "/a\"b", 200, Duration::from_millis(millis));
        }
        let text = metrics.render(&[]);
        for (bound, count) in [("0.0005", 0), ("0.001", 1), ("0.005", 2), ("0.5", 3), ("5", 3), ("+Inf", 4)] {
            let line = format!(
                "lockwork_http_request_duration_seconds_bucket{{method=\"GET\",route=\"/a\\\"b\",le=\"{bound}\"}} {count}"
            );
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("_sum{method=\"GET\",route=\"/a\\\"b\"} 9.304\n"), "{text}");
    }
}
