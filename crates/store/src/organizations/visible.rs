//! Which organizations somebody who signs in may see (contract §3.10, organization visibility).

use super::{Organizations, columns, model};
use crate::db::{Queries, Result};
use crate::reach::Reach;
use lockwork_model::email::EmailAddress;
use lockwork_model::organizations::Organization;
use lockwork_model::providers::Provider;
use uuid::Uuid;

crate::repositories::sql! {
    // The lists are those of `DomainList::number`. A CROSS JOIN, because SQLite would else read all the organizations of
    // the project in the order of their names.
    VISIBLE = concat!(
        "SELECT ",
        columns!(),
        " FROM (
             SELECT u.organization_id AS visible_id FROM users u WHERE u.project_id = $1 AND u.email = $2
             UNION SELECT u.organization_id FROM users u WHERE u.project_id = $1 AND u.google_user_id = $3
             UNION SELECT u.organization_id FROM users u WHERE u.project_id = $1 AND u.microsoft_user_id = $4
             UNION SELECT u.organization_id FROM users u WHERE u.project_id = $1 AND u.github_user_id = $5
             UNION SELECT i.organization_id FROM user_invites i WHERE i.project_id = $1 AND i.email = $2
             UNION SELECT d.organization_id FROM organization_domains d WHERE d.list = 2 AND d.entry = $6
             UNION SELECT d.organization_id FROM organization_domains d WHERE d.list = 3 AND d.entry = $7
         ) AS visible CROSS JOIN organizations
         WHERE id = visible_id AND project_id = $1 AND NOT logins_disabled AND (id = $8 OR $8 IS NULL)
         ORDER BY display_name, id LIMIT 100"
    );
}

/// Somebody who signs in, by what they have proven.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// Their e-mail address.
    pub email: &'a EmailAddress,
    /// Their ids at sign-in providers.
    pub external: &'a [(Provider, String)],
    /// Their Google Workspace domain.
    pub google_hosted_domain: Option<&'a str>,
    /// Their Microsoft Entra tenant.
    pub microsoft_tenant_id: Option<&'a str>,
}

/// The organizations of a project, or of these one, that a visitor may see: 100 at most, by name.
pub(crate) async fn visible(
    conn: &mut impl Queries,
    project: Uuid,
    organization: Option<Uuid>,
    visitor: &Visitor<'_>,
) -> Result<Vec<Organization>> {
    let external =
        |provider| visitor.external.iter().find(|(known, _)| *known == provider).map(|(_, id)| id.clone());
    let params = (
        project,
        visitor.email.as_str().to_owned(),
        external(Provider::Google),
        external(Provider::Microsoft),
        external(Provider::Github),
        visitor.google_hosted_domain.map(str::to_owned),
        visitor.microsoft_tenant_id.map(str::to_owned),
        organization,
    );
    conn.fetch_all(VISIBLE, params).await?.into_iter().map(model).collect()
}

impl<C: Queries> Organizations<'_, C> {
    /// The organizations that somebody who signs in may see: they are in one or were invited, or it has their Google
    /// Workspace domain or Microsoft tenant; and it lets people sign in. 100 at most, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visible_to(&mut self, visitor: &Visitor<'_>) -> Result<Vec<Organization>> {
        visible(self.conn, self.scope.project_id(), self.scope.organization_id(), visitor).await
    }
}
