//! Mail in a project's name.

use crate::app::App;
use crate::lockouts::Guess;
use lockwork_identity::mail::{Message, Sender};
use lockwork_model::email::EmailAddress;
use lockwork_model::error::{Error, Result};
use lockwork_model::lockouts::LockoutKind;
use lockwork_model::projects::Project;
use lockwork_model::time::Timestamp;
use std::time::Duration;

const MICROS_PER_DAY: i64 = 86_400_000_000;

impl App {
    /// Sends a mail, counted against the project's quota of the day.
    ///
    /// # Errors
    /// `FailedPrecondition` when mail is not set up; `ResourceExhausted` when the quota is used up; `Unavailable` when
    /// too much mail waits.
    pub(crate) async fn send_mail(&self, project: &Project, message: Message) -> Result<()> {
        let now = self.now();
        self.count_mail(project, now).await?;
        self.post(project, message, now)
    }

    /// Makes room for a mail that asks somebody to prove an address, whether it will go out or not: whoever asks cannot
    /// tell the two apart.
    ///
    /// # Errors
    /// As [`Self::send_mail`]; `ResourceExhausted` also after several mails to one address.
    pub(crate) async fn reserve_mail(
        &self,
        project: &Project,
        to: &EmailAddress,
        now: Timestamp,
    ) -> Result<()> {
        if !self.people().has_mail() {
            return Err(Error::failed_precondition("mail is not set up on this server; sign in another way"));
        }
        self.count_attempt(Guess::about_email(project.id, LockoutKind::Mail, to), now).await?;
        self.count_mail(project, now).await
    }

    /// Hands a mail to the queue.
    pub(crate) fn post(&self, project: &Project, message: Message, now: Timestamp) -> Result<()> {
        let sender = Sender { name: project.display_name.clone(), address: self.mail_address(project) };
        self.people().mailer.send(&sender, message, now)
    }

    /// Tells somebody what happened to their account. A mail that cannot be sent does not undo that.
    pub(crate) async fn notify(&self, project: &Project, message: Message) {
        if let Err(error) = self.send_mail(project, message).await {
            tracing::debug!(error = ?error, "a notice about an account was not sent");
        }
    }

    async fn count_mail(&self, project: &Project, now: Timestamp) -> Result<()> {
        let day = now.as_micros().div_euclid(MICROS_PER_DAY);
        let mut tx = self.store().begin().await?;
        if tx.system().count_mail(project.id, day).await? > self.people().mails_a_day {
            let tomorrow = (day + 1).saturating_mul(MICROS_PER_DAY).saturating_sub(now.as_micros());
            let retry_after = Duration::from_micros(tomorrow.max(0).unsigned_abs());
            return Err(Error::too_many("this project has sent its mails of the day", retry_after));
        }
        Ok(tx.commit_unaudited(now).await?)
    }

    fn mail_address(&self, project: &Project) -> String {
        match &self.people().mail_from {
            Some(address) => address.clone(),
            None => format!("no-reply@{}", project.email_send_from_domain),
        }
    }
}
