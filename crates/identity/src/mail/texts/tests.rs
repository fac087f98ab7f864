use super::*;

const LINK: &str = "https://vault.example.com/verify?secret=abc&next=1";

#[test]
fn the_sign_in_mail_reads_like_this() {
    let mail = email_challenge("ada@example.com", "Acme", LINK, "123456");
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("ada@example.com", "Sign in to Acme"));
    assert_eq!(
        mail.text,
        "Somebody, hopefully you, is signing in to Acme with this address.

Sign in:
https://vault.example.com/verify?secret=abc&next=1

Or type this code where you began:

123456

Link and code work once and expire soon. If it was not you, do nothing, and give the code to nobody.
"
    );
    assert_eq!(
        mail.html,
        r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Sign in to Acme</title></head>
<body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 32rem; margin: 2rem auto; padding: 0 1rem">
<p>Somebody, hopefully you, is signing in to Acme with this address.</p>
<p><a href="https://vault.example.com/verify?secret=abc&amp;next=1"><strong>Sign in</strong></a></p>
<p><small>https://vault.example.com/verify?secret=abc&amp;next=1</small></p>
<p>Or type this code where you began:</p>
<p style="font-size: 1.75rem; letter-spacing: 0.25rem"><code>123456</code></p>
<p>Link and code work once and expire soon. If it was not you, do nothing, and give the code to nobody.</p>
</body>
</html>
"#
    );
}

#[test]
fn the_password_reset_mail_reads_like_this() {
    let mail = password_reset("ada@example.com", "Acme", LINK);
    assert_eq!(mail.subject, "Reset your password for Acme");
    assert_eq!(
        mail.text,
        "Somebody, hopefully you, asked to reset the password for Acme of this address.

Choose a new password:
https://vault.example.com/verify?secret=abc&next=1

The link works once and expires soon. If it was not you, do nothing: your password stays as it is.
"
    );
}

#[test]
fn the_invitation_reads_like_this() {
    let mail = invite("ada@example.com", "Acme", "Analysts", Some("Charles"), LINK);
    assert_eq!(mail.subject, "Join Analysts on Acme");
    assert_eq!(
        mail.text,
        "Charles invites you to join the organization “Analysts” on Acme.

Join:
https://vault.example.com/verify?secret=abc&next=1

If you did not expect this, do nothing.
"
    );
    let unsigned = invite("ada@example.com", "Acme", "Analysts", None, LINK);
    assert!(unsigned.text.starts_with("You are invited to join the organization “Analysts” on Acme.\n"));
}

#[test]
fn the_warnings_read_like_this() {
    let mail = password_changed("ada@example.com", "Acme");
    assert_eq!(mail.subject, "Your password for Acme was changed");
    assert_eq!(
        mail.text,
        "The password for Acme of this address was just changed.

If it was not you, reset it now, and tell the owner of your organization.
"
    );
    let mail = new_second_factor("ada@example.com", "Acme", "a passkey");
    assert_eq!(mail.subject, "New way to sign in to Acme");
    assert_eq!(
        mail.text,
        "Your account at Acme now has a passkey for signing in.

If it was not you who added it, tell the owner of your organization at once.
"
    );
}

#[test]
fn what_people_named_things_is_text_and_never_markup() {
    let evil = r#""><img src=x onerror='alert(1)'>&"#;
    let escaped = "&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;";
    let mail = invite("ada@example.com", evil, evil, Some(evil), evil);
    assert_eq!(mail.html.matches(escaped).count(), 7);
    assert!(!mail.html.contains("<img") && mail.text.contains(evil));
}
