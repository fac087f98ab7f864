//! Real processes: several of them, killed, stopped, without their database.

mod browsers;
mod clients;
mod crashes;
mod database_down;
mod guesses;
mod hosts;
mod load;
mod logins;
mod logs;
mod mail;
mod nodes;
mod owners;
mod people_settings;
mod rates;
mod reach;
mod rotation;
mod sessions;
mod several;
mod sign_in_logs;
mod spending;
mod starts;
mod stops;
mod uncounted;
