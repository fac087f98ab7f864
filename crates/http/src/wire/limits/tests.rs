use super::*;
use crate::extract::{optional_objects, parse_json};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "optional_objects")]
    limits: Option<Vec<LimitBody>>,
}

/// Reads limits as a handler does.
fn read(limits: &Value) -> std::result::Result<Vec<Limit>, String> {
    let body = json!({ "limits": limits }).to_string();
    let body: Body = parse_json(body.as_bytes()).map_err(|refusal| refusal.error().message().to_owned())?;
    super::read_limits("limits", body.limits.unwrap()).map_err(|error| {
        assert_eq!(error.field().map(str::len), error.message().find(": "), "{error}");
        error.message().to_owned()
    })
}

/// A limit with some of its fields replaced; a field that is `"absent"` is left out.
fn with(mut limit: Value, changes: &Value) -> Value {
    let fields = limit.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value == "absent" {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    limit
}

fn window() -> Value {
    json!({ "name": "requests", "kind": "WINDOW", "limit": 100, "windowSeconds": 60 })
}

fn bucket() -> Value {
    json!({ "name": "exports", "kind": "BUCKET", "limit": 10, "windowSeconds": 60, "burst": 20 })
}

fn quota() -> Value {
    json!({ "name": "monthly", "kind": "QUOTA", "limit": 1000, "period": "MONTH" })
}

#[test]
fn limits_are_shown_as_they_were_set() {
    let anchored = json!({
        "name": "daily", "kind": "QUOTA", "limit": 9_007_199_254_740_992_u64, "period": "DAY",
        "anchorTime": "2030-01-01T06:30:00Z", "onlyWhenNamed": true,
    });
    let limits = json!([window(), bucket(), quota(), anchored]);
    let views: Vec<LimitView> = read(&limits).unwrap().iter().map(Into::into).collect();
    assert_eq!(serde_json::to_value(views).unwrap(), limits);
}

#[test]
fn a_bucket_without_a_burst_has_the_limit_as_its_burst() {
    let limits = read(&json!([with(bucket(), &json!({ "burst": "absent" }))])).unwrap();
    assert_eq!(limits[0].kind, LimitKind::Rate(Rate::Bucket { seconds: 60, burst: 10 }));
}

#[test]
fn both_spellings_of_names_mean_the_same() {
    let camel = json!([
        with(window(), &json!({ "onlyWhenNamed": true })),
        with(quota(), &json!({ "anchorTime": "2030-01-01T06:30:00Z" })),
    ]);
    let snake = json!([
        { "name": "requests", "kind": "WINDOW", "limit": 100, "window_seconds": 60, "only_when_named": true },
        { "name": "monthly", "kind": "QUOTA", "limit": 1000, "period": "MONTH", "anchor_time": "2030-01-01T06:30:00Z" },
    ]);
    assert_eq!(read(&camel).unwrap(), read(&snake).unwrap());
}

#[test]
fn wrong_limits_are_refused_by_their_fields_name() {
    for (base, changes, expected) in [
        (window(), json!({ "name": "absent" }), "name: is required"),
        (window(), json!({ "name": null }), "name: is required"),
        (window(), json!({ "name": "" }), "name: must be 1 to 64 characters"),
        (window(), json!({ "name": "Requests" }), "name: must be 1 to 64 characters"),
        (window(), json!({ "name": 7 }), "name: invalid type: integer"),
        (window(), json!({ "kind": "absent" }), "kind: is required"),
        (window(), json!({ "kind": null }), "kind: is required"),
        (window(), json!({ "kind": "" }), "kind: must be WINDOW, BUCKET or QUOTA"),
        (window(), json!({ "kind": "window" }), "kind: must be WINDOW, BUCKET or QUOTA"),
        (window(), json!({ "kind": "LEAKY" }), "kind: must be WINDOW, BUCKET or QUOTA"),
        (window(), json!({ "kind": 1 }), "kind: invalid type: integer"),
        (window(), json!({ "limit": "absent" }), "limit: is required"),
        (window(), json!({ "limit": null }), "limit: is required"),
        (window(), json!({ "limit": 0 }), "limit: must be from 1 to 2^53"),
        (window(), json!({ "limit": -1 }), "limit: invalid value: integer, "),
        (window(), json!({ "limit": 1.5 }), "limit: invalid type: floating, "),
        (window(), json!({ "limit": 1.0 }), "limit: invalid type: floating, "),
        (window(), json!({ "limit": 1e300 }), "limit: invalid type: floating, "),
        (window(), json!({ "limit": 9_007_199_254_740_993_u64 }), "limit: invalid value: integer, "),
        (window(), json!({ "limit": "100" }), "limit: invalid type: string, "),
        (window(), json!({ "windowSeconds": "absent" }), "windowSeconds: is required"),
        (window(), json!({ "windowSeconds": null }), "windowSeconds: is required"),
        (window(), json!({ "windowSeconds": 0 }), "windowSeconds: must be from 1 to 31536000 (a year)"),
        (window(), json!({ "windowSeconds": 0.5 }), "windowSeconds: invalid type: floating, "),
        (window(), json!({ "windowSeconds": -60 }), "windowSeconds: invalid value: integer, "),
        (
            window(),
            json!({ "windowSeconds": 31_536_001 }),
            "windowSeconds: must be from 1 to 31536000 (a year)",
        ),
        (window(), json!({ "burst": 5 }), "burst: is only for limits of the kind BUCKET"),
        (window(), json!({ "period": "DAY" }), "period: is only for limits of the kind QUOTA"),
        (
            window(),
            json!({ "anchorTime": "2030-01-01T00:00:00Z" }),
            "anchorTime: is only for limits of the kind QUOTA",
        ),
        (window(), json!({ "onlyWhenNamed": "yes" }), "onlyWhenNamed: invalid type: string"),
        (bucket(), json!({ "burst": 0 }), "burst: must be from 1 to 2^53"),
        (bucket(), json!({ "burst": 2.5 }), "burst: invalid type: floating, "),
        (bucket(), json!({ "windowSeconds": "absent" }), "windowSeconds: is required"),
        (bucket(), json!({ "period": "DAY" }), "period: is only for limits of the kind QUOTA"),
        (
            bucket(),
            json!({ "anchorTime": "2030-01-01T00:00:00Z" }),
            "anchorTime: is only for limits of the kind QUOTA",
        ),
        (quota(), json!({ "period": "absent" }), "period: is required"),
        (quota(), json!({ "period": null }), "period: is required"),
        (quota(), json!({ "period": "WEEK" }), "period: must be HOUR, DAY or MONTH"),
        (quota(), json!({ "period": "day" }), "period: must be HOUR, DAY or MONTH"),
        (
            quota(),
            json!({ "windowSeconds": 60 }),
            "windowSeconds: is only for limits of the kinds WINDOW and BUCKET",
        ),
        (quota(), json!({ "burst": 60 }), "burst: is only for limits of the kinds WINDOW and BUCKET"),
        (quota(), json!({ "anchorTime": "tomorrow" }), "anchorTime: not a time in RFC 3339 form"),
        (quota(), json!({ "limit": 0 }), "limit: must be from 1 to 2^53"),
    ] {
        let first = with(window(), &json!({ "name": "another" }));
        let wrong = with(base, &changes);
        let problem = read(&json!([first, wrong])).expect_err(&changes.to_string());
        assert!(problem.starts_with(&format!("limits[1].{expected}")), "{changes}: {problem}");
    }
}

#[test]
fn limits_are_objects_in_a_list_few_and_of_different_names() {
    for (limits, expected) in [
        (json!({}), "limits: invalid type: map"),
        (json!(7), "limits: invalid type: integer"),
        (json!([null]), "limits[0]: invalid type: null"),
        (json!([["requests", "WINDOW", 100, 60]]), "limits[0]: invalid type: sequence"),
        (json!([window(), quota(), window()]), "limits[2].name: another limit has the name \"requests\""),
    ] {
        let problem = read(&limits).unwrap_err();
        assert!(problem.starts_with(expected), "{limits}: {problem}");
    }
    let many = |count: usize| -> Value {
        (0..count).map(|number| with(window(), &json!({ "name": format!("limit-{number}") }))).collect()
    };
    assert_eq!(read(&many(16)).unwrap().len(), 16);
    assert_eq!(read(&many(17)).unwrap_err(), "limits: must be at most 16 limits");
}
