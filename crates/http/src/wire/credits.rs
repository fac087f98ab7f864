//! Credits on the wire.

use super::limits::{PeriodName, read_period};
use super::{Time, Whole};
use crate::extract::optional_object;
use lockwork_model::error::{Error, Result};
use lockwork_model::limits::{Credits, Refill};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Credits: each use costs some, and without enough of them a request is refused.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Credits)]
pub(crate) struct CreditsView {
    /// What no node has drawn yet.
    remaining: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refill: Option<RefillView>,
    /// How many a node draws at once.
    block_size: u64,
}

/// What comes back by itself.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Refill)]
pub(crate) struct RefillView {
    /// At the beginning of each period the balance is filled up to so many.
    amount: u64,
    period: PeriodName,
    /// When one of the periods began; absent if they follow the calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor_time: Option<Time>,
}

impl From<&Credits> for CreditsView {
    fn from(credits: &Credits) -> Self {
        let refill = credits.refill.map(|refill| RefillView {
            amount: refill.amount,
            period: refill.period.into(),
            anchor_time: refill.anchor.map(Time),
        });
        Self { remaining: credits.remaining, refill, block_size: credits.block_size }
    }
}

/// Credits to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreditsBody {
    /// The balance, 0 to 2^53.
    #[schema(required)]
    remaining: Option<Whole>,
    #[serde(default, deserialize_with = "optional_object")]
    refill: Option<RefillBody>,
    /// How many a node draws at once, 1 to 1,000,000; 1 if not given. A node that crashes loses at most so many.
    #[serde(alias = "block_size")]
    block_size: Option<Whole>,
}

/// What shall come back by itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefillBody {
    /// At the beginning of each period the balance is filled up to so many, 1 to 2^53; a higher one stays.
    #[schema(required)]
    amount: Option<Whole>,
    #[schema(required, value_type = Option<PeriodName>)]
    period: Option<String>,
    /// When a period begins, and with it all others; without it they follow the calendar.
    #[serde(alias = "anchor_time")]
    anchor_time: Option<Time>,
}

impl CreditsBody {
    /// The credits. `at` is the field that they stand in.
    ///
    /// # Errors
    /// `InvalidArgument` that names the field below `at`.
    pub(crate) fn read(self, at: &str) -> Result<Credits> {
        let remaining = required(format!("{at}.remaining"), self.remaining)?;
        let refill = self.refill.map(|refill| refill.read(&format!("{at}.refill"))).transpose()?;
        Credits::new(at, remaining, refill, self.block_size.map(|size| size.0))
    }
}

impl RefillBody {
    fn read(self, at: &str) -> Result<Refill> {
        Ok(Refill {
            amount: required(format!("{at}.amount"), self.amount)?,
            period: read_period(format!("{at}.period"), self.period.as_deref())?,
            anchor: self.anchor_time.map(|time| time.0),
        })
    }
}

fn required(field: String, number: Option<Whole>) -> Result<u64> {
    number.map(|number| number.0).ok_or_else(|| Error::invalid_field(field, "is required"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse_json;
    use serde_json::{Value, json};

    #[derive(Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "optional_object")]
        credits: Option<CreditsBody>,
    }

    fn read(credits: &Value) -> std::result::Result<Credits, String> {
        let body = json!({ "credits": credits }).to_string();
        let body: Body =
            parse_json(body.as_bytes()).map_err(|refusal| refusal.error().message().to_owned())?;
        body.credits.unwrap().read("credits").map_err(|error| error.message().to_owned())
    }

    #[test]
    fn credits_are_shown_as_they_were_set() {
        for credits in [
            json!({ "remaining": 0, "blockSize": 1 }),
            json!({ "remaining": 5, "refill": { "amount": 10, "period": "MONTH" }, "blockSize": 100 }),
            json!({
                "remaining": 5,
                "refill": { "amount": 10, "period": "HOUR", "anchorTime": "2030-01-01T00:30:00Z" },
                "blockSize": 1_000_000,
            }),
        ] {
            let view = CreditsView::from(&read(&credits).unwrap());
            assert_eq!(serde_json::to_value(view).unwrap(), credits);
        }
    }

    #[test]
    fn without_a_block_size_they_are_drawn_one_by_one() {
        assert_eq!(read(&json!({ "remaining": 7, "refill": null })).unwrap().block_size, 1);
    }

    #[test]
    fn both_spellings_of_names_mean_the_same() {
        let at = "2030-01-01T00:30:00Z";
        let camel = json!({
            "remaining": 5, "blockSize": 2, "refill": { "amount": 10, "period": "DAY", "anchorTime": at },
        });
        let snake = json!({
            "remaining": 5, "block_size": 2, "refill": { "amount": 10, "period": "DAY", "anchor_time": at },
        });
        assert_eq!(read(&camel), read(&snake));
    }

    #[test]
    fn wrong_credits_are_refused_by_their_fields_name() {
        let refill = json!({ "amount": 10, "period": "DAY" });
        for (credits, expected) in [
            (json!({}), "credits.remaining: is required"),
            (json!({ "refill": refill }), "credits.remaining: is required"),
            (json!({ "remaining": null }), "credits.remaining: is required"),
            (json!({ "remaining": -1 }), "credits.remaining: invalid value: integer, "),
            (json!({ "remaining": 0.5 }), "credits.remaining: invalid type: floating, "),
            (json!({ "remaining": "5" }), "credits.remaining: invalid type: string, "),
            (json!({ "remaining": (1_u64 << 53) + 1 }), "credits.remaining: invalid value: integer, "),
            (json!({ "remaining": 1, "blockSize": 0 }), "credits.blockSize: must be from 1 to 1000000"),
            (
                json!({ "remaining": 1, "blockSize": 1_000_001 }),
                "credits.blockSize: must be from 1 to 1000000",
            ),
            (json!({ "remaining": 1, "blockSize": 1.5 }), "credits.blockSize: invalid type: floating, "),
            (json!({ "remaining": 1, "refill": 5 }), "credits.refill: invalid type: integer, "),
            (json!({ "remaining": 1, "refill": [10, "DAY"] }), "credits.refill: invalid type: sequence, "),
            (json!({ "remaining": 1, "refill": {} }), "credits.refill.amount: is required"),
            (json!({ "remaining": 1, "refill": { "amount": 1 } }), "credits.refill.period: is required"),
            (
                json!({ "remaining": 1, "refill": { "amount": 0, "period": "DAY" } }),
                "credits.refill.amount: must be from 1 to 2^53",
            ),
            (
                json!({ "remaining": 1, "refill": { "amount": 1, "period": "YEAR" } }),
                "credits.refill.period: must be HOUR, DAY or MONTH",
            ),
            (
                json!({ "remaining": 1, "refill": { "amount": 1, "period": "DAY", "anchorTime": "noon" } }),
                "credits.refill.anchorTime: not a time in RFC 3339 form",
            ),
        ] {
            let problem = read(&credits).unwrap_err();
            assert!(problem.starts_with(expected), "{credits}: {problem}");
        }
    }
}
