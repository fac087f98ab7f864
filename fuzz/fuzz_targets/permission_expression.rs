//! Permission expressions: a syntax error never depends on what a key holds, and its position is in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockwork_model::audit_log_events::custom_event_name;
use lockwork_model::permissions::{ActionName, evaluate, holds};

fuzz_target!(|text: &str| {
    let some = |pattern: &str| pattern.bytes().fold(0u8, u8::wrapping_add) & 1 == 0;
    let values = [evaluate(text, |_| true), evaluate(text, |_| false), evaluate(text, some)];
    let error = values[0].as_ref().err();
    assert!(values.iter().all(|value| value.as_ref().err() == error));
    assert!(error.is_none_or(|error| text.is_char_boundary(error.position.min(text.len()))));

    let name = text.parse::<ActionName>();
    assert!(name.is_err() || custom_event_name(text).is_ok());
    if let Ok(name) = name {
        assert_eq!(evaluate(text, |pattern| holds(std::slice::from_ref(&name), pattern)), Ok(true));
        assert!(holds(&[name], "*.*.*"));
    }

    // In brackets, and twice denied, it is worth the same, unless that makes it too long or too deep.
    if let Ok(value) = evaluate(text, some) {
        for wrapped in [format!("({text})"), format!("NOT NOT ({text})")] {
            if let Ok(same) = evaluate(&wrapped, some) {
                assert_eq!(same, value);
            }
        }
    }
});
