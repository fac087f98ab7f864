//! The listener, over real sockets.

mod crowds;
mod fast_lane;
mod handover;
mod harness;
mod shutdown;
mod slow_clients;
mod tls;
