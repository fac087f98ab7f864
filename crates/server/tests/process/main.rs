//! Real processes: several of them, killed, stopped, without their database.

mod clients;
mod crashes;
mod database_down;
mod logs;
mod nodes;
mod several;
mod starts;
mod stops;
