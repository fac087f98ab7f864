//! What the mails say, in the project's name.

mod letter;
#[cfg(test)]
mod tests;

use super::Message;
use letter::{Letter, Part};

/// Asks `to` to prove that the address is theirs: by a link, or by typing the code of 6 digits.
#[must_use]
pub fn email_challenge(to: &str, project: &str, link: &str, code: &str) -> Message {
    Letter {
        subject: format!("Sign in to {project}"),
        parts: &[
            Part::Text(&format!("Somebody, hopefully you, is signing in to {project} with this address.")),
            Part::Link("Sign in", link),
            Part::Text("Or type this code where you began:"),
            Part::Code(code),
            Part::Text(
                "Link and code work once and expire soon. If it was not you, do nothing, and give the code to nobody.",
            ),
        ],
    }
    .to(to)
}

/// Lets `to` choose a new password.
#[must_use]
pub fn password_reset(to: &str, project: &str, link: &str) -> Message {
    Letter {
        subject: format!("Reset your password for {project}"),
        parts: &[
            Part::Text(&format!(
                "Somebody, hopefully you, asked to reset the password for {project} of this address."
            )),
            Part::Link("Choose a new password", link),
            Part::Text(
                "The link works once and expires soon. If it was not you, do nothing: your password stays as it is.",
            ),
        ],
    }
    .to(to)
}

/// Invites `to` into an organization, in the name of `inviter` if there is one to name.
#[must_use]
pub fn invite(to: &str, project: &str, organization: &str, inviter: Option<&str>, link: &str) -> Message {
    let who =
        inviter.map_or_else(|| "You are invited".to_owned(), |inviter| format!("{inviter} invites you"));
    Letter {
        subject: format!("Join {organization} on {project}"),
        parts: &[
            Part::Text(&format!("{who} to join the organization “{organization}” on {project}.")),
            Part::Link("Join", link),
            Part::Text("If you did not expect this, do nothing."),
        ],
    }
    .to(to)
}

/// Tells `to` that their password was changed.
#[must_use]
pub fn password_changed(to: &str, project: &str) -> Message {
    Letter {
        subject: format!("Your password for {project} was changed"),
        parts: &[
            Part::Text(&format!("The password for {project} of this address was just changed.")),
            Part::Text("If it was not you, reset it now, and tell the owner of your organization."),
        ],
    }
    .to(to)
}

/// Tells `to` that `what` ("a passkey", "an authenticator app") now helps to sign in as them.
#[must_use]
pub fn new_second_factor(to: &str, project: &str, what: &str) -> Message {
    Letter {
        subject: format!("New way to sign in to {project}"),
        parts: &[
            Part::Text(&format!("Your account at {project} now has {what} for signing in.")),
            Part::Text("If it was not you who added it, tell the owner of your organization at once."),
        ],
    }
    .to(to)
}
