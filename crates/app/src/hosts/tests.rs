use super::*;

fn shown(text: &str) -> Option<String> {
    Host::parse(text).map(|host| host.to_string())
}

#[test]
fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
    for (text, expected) in [
        ("localhost", "localhost"),
        ("A.Example.COM", "a.example.com"),
        ("a.example.com.", "a.example.com"),
        ("a.example.com.:80", "a.example.com:80"),
        ("key_server:7777", "key_server:7777"),
        ("10.0.0.1", "10.0.0.1"),
        ("[::1]", "[::1]"),
        ("[0:0:0:0:0:0:0:1]:443", "[::1]:443"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
    ] {
        assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_host_is_not_read_as_one() {
    let long_label = "a".repeat(64);
    let long_name = ["a".repeat(62).as_str(); 5].join(".");
    for text in [
        "",
        ".",
        ":80",
        "a..b",
        ".a",
        "a b",
        "a:",
        "a:b",
        "a:65536",
        "a:-1",
        "a:+1",
        "a:1:2",
        "a/",
        "a/b",
        "a?b",
        "a#b",
        "u@a",
        "u:p@a",
        "http://a",
        "a,b",
        "münchen.de",
        "a%2eb",
        "::1",
        "[::1",
        "[::1]x",
        "[::1]:",
        "[a]",
        "[1.2.3.4]",
        "a\0",
        "a\tb",
        "*",
        &long_label,
        &long_name,
    ] {
        assert_eq!(shown(text), None, "{text:?}");
    }
}

#[test]
fn below_a_domain_means_more_labels_before_a_dot() {
    let is_below = |host: &str, domain: &str| Host::parse(host).unwrap().is_or_is_below(domain);
    assert!(is_below("example.com", "example.com"));
    assert!(is_below("a.b.example.com:1", "example.com"));
    assert!(!is_below("badexample.com", "example.com"));
    assert!(!is_below("example.com", "a.example.com"));
    assert!(!is_below("example.com.evil.net", "example.com"));
    assert!(!is_below("a.com", ""));
    assert!(is_below("10.0.0.1", "10.0.0.1"));
    assert!(!is_below("10.0.0.1", "0.0.1"));
}

#[test]
fn an_origin_is_a_scheme_and_a_host_and_nothing_else() {
    let host = |origin: &str| secure_origin(origin).map(|host| host.to_string());
    assert_eq!(host("https://a.com:8443").as_deref(), Some("a.com:8443"));
    assert_eq!(host("http://a.localhost:3000").as_deref(), Some("a.localhost:3000"));
    assert_eq!(host("http://localhost").as_deref(), Some("localhost"));
    for wrong in [
        "null",
        "",
        "*",
        "https://",
        "a.com",
        "//a.com",
        "https:a.com",
        "https:///a.com",
        "https://a.com/",
        "https://a.com/x",
        "https://a.com?x",
        "https://a.com#x",
        "https://u@a.com",
        "https://u:p@a.com",
        "https://a.com https://b.com",
        " https://a.com",
        "HTTPS://a.com",
        "ftp://a.com",
        "http://a.com",
        "http://localhost.a.com",
        "http://127.0.0.1",
        "blob:https://a.com",
        "https://https://a.com",
    ] {
        assert_eq!(host(wrong), None, "{wrong:?}");
    }
}

#[test]
fn a_port_is_cut_off_names_and_addresses_alike() {
    for (host, expected) in [("a", "a"), ("a:1", "a"), ("[::1]", "[::1]"), ("[::1]:1", "[::1]")] {
        assert_eq!(without_port(host), expected);
    }
}
