//! The `Date` header, formatted once a second and thread instead of once a request.

use lockwork_model::time::Timestamp;
use std::cell::Cell;

/// Bytes of an IMF-fixdate (RFC 9110 §5.6.7).
pub(super) const DATE_BYTES: usize = 29;

thread_local! {
    static DATE: Cell<[u8; DATE_BYTES]> = const { Cell::new(*b"Thu, 01 Jan 1970 00:00:00 GMT") };
}

/// Sets what this thread's answers say in `Date`. To be called about once a second.
pub fn keep_date(now: Timestamp) {
    DATE.set(imf_fixdate(now));
}

/// What [`keep_date`] was told last.
pub(super) fn kept_date() -> [u8; DATE_BYTES] {
    DATE.get()
}

fn imf_fixdate(now: Timestamp) -> [u8; DATE_BYTES] {
    const DAYS: [&[u8; 3]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];
    const MONTHS: [&[u8; 3]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let seconds = now.as_micros().div_euclid(1_000_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let mut text = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    text[..3].copy_from_slice(DAYS[days.rem_euclid(7) as usize]);
    text[8..11].copy_from_slice(MONTHS[month]);
    for (at, number) in [
        (5, day),
        (12, year / 100),
        (14, year % 100),
        (17, second / 3600),
        (20, second / 60 % 60),
        (23, second % 60),
    ] {
        text[at] = b'0' + (number / 10 % 10) as u8;
        text[at + 1] = b'0' + (number % 10) as u8;
    }
    text
}

/// Year, month (0 to 11) and day (from 1) of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, usize, i64) {
    // Years begin in March here, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    (era * 400 + year_of_era + i64::from(month < 2), month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_rfc_9110_wants_them() {
        for (time, text) in [
            ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT"),
            ("2026-12-31T12:00:00.999Z", "Thu, 31 Dec 2026 12:00:00 GMT"),
            ("2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
        ] {
            let date = imf_fixdate(time.parse().unwrap());
            assert_eq!(std::str::from_utf8(&date).unwrap(), text);
        }
    }
}
