//! What a presented token turned out to be, and the verdict on it.

use crate::names::NameBuffer;
use crate::permission_set::{self, PermissionSet};
use crate::profiles::Profiles;
use crate::root::ProjectStatus;
use crate::table::{Table, Tag};
use lockwork_model::ids::{ApiKeyId, OrganizationId};
use lockwork_model::permissions::SyntaxError;
use lockwork_model::time::Timestamp;
use lockwork_model::verification::{Code, KeyState};

/// What a token is to a project.
#[derive(Debug)]
pub enum Presented<'a> {
    /// Not the form of this project's keys, or its checksum is wrong; nothing was looked up.
    Malformed,
    /// No key of this project has this secret.
    Unknown,
    /// A key of this project, working or not.
    Found(Key<'a>),
}

/// A token's facts at one moment. Callers with an order of their own read them, all others ask for the
/// [`verdict`](Self::verdict).
#[derive(Debug)]
pub struct Lookup<'a> {
    /// The project that was asked about; both `false` if it is unknown.
    pub project: ProjectStatus,
    /// What the token is.
    pub presented: Presented<'a>,
}

/// A key that was found.
pub struct Key<'a> {
    /// Which.
    pub id: ApiKeyId,
    /// Whether its organization's keys work.
    pub organization_enabled: bool,
    /// Whether it was revoked or switched off.
    pub state: KeyState,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Whether that moment has come.
    pub expired: bool,
    /// What it may do.
    pub permissions: &'a PermissionSet,
    pub(crate) place: Place<'a>,
}

/// Where a key's record was found, and under which version.
pub(crate) struct Place<'a> {
    pub(crate) table: &'a Table,
    pub(crate) tag: Tag,
    pub(crate) slot: usize,
    pub(crate) version: u64,
    pub(crate) profiles: &'a Profiles,
    pub(crate) profile: u32,
}

impl Place<'_> {
    /// The reference to the key's name, looked for again if the table changed; of a key that is gone meanwhile 0.
    fn name(&self) -> u32 {
        let name = self.table.name(self.slot);
        if self.table.still(self.version) {
            return name;
        }
        loop {
            let (retired, version) = (self.table.is_retired(), self.table.begin());
            let name = self.table.seek(self.tag).map_or(0, |slot| self.table.name(slot));
            if retired || version.is_some_and(|version| self.table.still(version)) {
                return name;
            }
            std::hint::spin_loop();
        }
    }
}

impl std::fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("organization", &self.organization())
            .finish_non_exhaustive()
    }
}

impl Key<'_> {
    /// Whose it is. A memory access of its own, so it is made only on demand.
    #[must_use]
    #[inline]
    pub fn organization(&self) -> OrganizationId {
        self.place.profiles.organization(self.place.profile)
    }

    /// The key's name, copied into `buffer`. A memory access of its own, so it is made only on demand; it reads
    /// the name of this moment, and an empty one if the key was deleted since it was found.
    #[must_use]
    pub fn display_name<'b>(&self, buffer: &'b mut NameBuffer) -> &'b str {
        self.place.table.names.read(self.place.name(), buffer)
    }
}

impl Lookup<'_> {
    /// The verdict, `required` being an expression over actions: the first failure in the order of
    /// [`Code::ALL`].
    ///
    /// # Errors
    /// [`SyntaxError`] of the expression, whatever the token is.
    #[inline]
    pub fn verdict(&self, required: Option<&str>) -> Result<Code, SyntaxError> {
        let permitted = match (required, &self.presented) {
            (None, _) => true,
            (Some(required), Presented::Found(key)) => key.permissions.satisfies(required)?,
            (Some(required), _) => permission_set::empty().satisfies(required)?,
        };
        Ok(self.code(permitted))
    }

    #[inline]
    fn code(&self, permitted: bool) -> Code {
        let key = match &self.presented {
            Presented::Malformed => return Code::Malformed,
            Presented::Unknown => return Code::NotFound,
            Presented::Found(key) => key,
        };
        match key.state {
            _ if !self.project.api_keys_enabled => Code::ProjectDisabled,
            _ if !key.organization_enabled => Code::OrganizationDisabled,
            KeyState::Revoked => Code::Revoked,
            KeyState::Disabled => Code::Disabled,
            KeyState::Active if key.expired => Code::Expired,
            KeyState::Active if !permitted => Code::InsufficientPermissions,
            KeyState::Active => Code::Valid,
        }
    }
}
