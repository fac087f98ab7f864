//! Real processes: several of them, killed, stopped, without their database.

mod clients;
mod crashes;
mod database_down;
mod load;
mod logs;
mod nodes;
mod rates;
mod reach;
mod rotation;
mod several;
mod spending;
mod starts;
mod stops;
mod uncounted;
