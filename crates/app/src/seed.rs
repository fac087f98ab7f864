//! Any number of organizations and keys, for trials and benchmarks.

use crate::app::App;
use lockwork_model::access::{Caller, Permission};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, Creator, KeySecret, Lifecycle};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ActionId, ApiKeyId, ApiKeyRoleAssignmentId, OrganizationId, PlanId, RoleId};
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limits::{Limit, LimitKind, Rate, check_limits};
use lockwork_model::organizations::Organization;
use lockwork_model::plans::Plan;
use lockwork_model::projects::LoginMethods;
use lockwork_model::rbac_policy::Action;
use lockwork_model::roles::Role;
use lockwork_model::secrets::{KeyBytes, SecretText};

/// How many rows one transaction makes.
const BATCH: u64 = 100_000;

/// What to make.
#[derive(Debug, Clone)]
pub struct SeedSpec {
    /// How many organizations.
    pub organizations: u64,
    /// How many keys, in equal runs for the organizations.
    pub keys: u64,
    /// The action that each key gets through a role.
    pub action: String,
    /// How many rate limits each key gets through a plan.
    pub limits: u64,
}

/// What each seeded limit lets through in a minute: far more than a trial asks of one key.
const SEEDED_LIMIT: u64 = 60_000;

impl App {
    /// Makes organizations with keys switched on, one role, and keys that have it, in the first project.
    ///
    /// `secret` gets each key's secret, `progress` the number of keys made so far.
    ///
    /// # Errors
    /// `FailedPrecondition` before [`App::initialize`]; when the database fails. What was made until then stays.
    pub async fn seed(
        &self,
        spec: &SeedSpec,
        secret: &mut (dyn FnMut(&SecretText) + Send),
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<()> {
        let project = self.store().read().await?.system().first_project().await?;
        let project = project
            .ok_or_else(|| Error::failed_precondition("there is no project yet; run lockwork init"))?;
        let prefix = project.api_key_prefix.clone();
        let prefix = prefix.ok_or_else(|| Error::failed_precondition("the project has no api key prefix"))?;
        let scope = Caller::operator(project.id).require(Permission::ApiKeysWrite)?;
        let role = self.seed_role(&scope, &spec.action).await?;
        let plan = self.seed_plan(&scope, spec.limits).await?;
        let organizations = self.seed_organizations(&scope, spec).await?;
        let mut made = 0;
        while made < spec.keys {
            let now = self.now();
            let (mut keys, mut assignments) = (Vec::new(), Vec::new());
            for _ in 0..BATCH.min(spec.keys - made) {
                let run = made * organizations.len() as u64 / spec.keys;
                let Some(&organization) = organizations.get(usize::try_from(run).unwrap_or(usize::MAX))
                else {
                    return Err(Error::invalid_field("organizations", "must be at least 1 to make keys"));
                };
                let mut entropy = self.entropy();
                let bytes = KeyBytes::generate(&prefix, &mut **entropy);
                let text = bytes.to_secret(&prefix);
                secret(&text);
                let key = ApiKey {
                    id: ApiKeyId::generate(&mut **entropy),
                    organization,
                    display_name: format!("Key {}", made + 1),
                    description: String::new(),
                    external_id: None,
                    metadata: None,
                    tags: Vec::new(),
                    prefix: Some(prefix.clone()),
                    secret: KeySecret {
                        hash: self.hasher().hash(&bytes),
                        suffix: text.suffix(),
                        created_at: now,
                    },
                    former_secret: None,
                    expires_at: None,
                    lifecycle: Lifecycle::Active,
                    plan,
                    limits: Vec::new(),
                    ip_allowlist: IpNetworks::default(),
                    creator: Creator::Operator,
                    last_used_at: None,
                    created_at: now,
                    updated_at: now,
                };
                let id = ApiKeyRoleAssignmentId::generate(&mut **entropy);
                assignments.push(ApiKeyRoleAssignment { id, api_key: key.id, role, created_at: now });
                keys.push(key);
                made += 1;
            }
            // In the order of the tables and of their indexes, which is what makes large seeds quick.
            keys.sort_unstable_by_key(|key| key.id);
            assignments.sort_unstable_by_key(|assignment| assignment.id);
            let mut tx = self.store().begin().await?;
            tx.api_keys(&scope).seed(&keys).await?;
            tx.api_key_role_assignments(&scope).insert_many(&assignments).await?;
            tx.commit_unaudited(now).await?;
            progress(made);
        }
        Ok(())
    }

    async fn seed_role(&self, scope: &lockwork_model::access::Scope, action: &str) -> Result<RoleId> {
        let now = self.now();
        let name = action.parse().map_err(|error| Error::invalid_field("action", error))?;
        let mut tx = self.store().begin().await?;
        let known = tx.rbac_policy(scope).list().await?.into_iter().find(|action| action.name == name);
        let action = match known {
            Some(action) => action,
            None => {
                let id = ActionId::generate(&mut **self.entropy());
                let action = Action { id, name, description: "Made by lockwork seed".into() };
                tx.rbac_policy(scope).upsert(&action).await?;
                action
            }
        };
        let role = Role {
            id: RoleId::generate(&mut **self.entropy()),
            organization: None,
            display_name: "Seed".into(),
            description: "Made by lockwork seed".into(),
            actions: vec![action.name.clone()],
            created_at: now,
            updated_at: now,
        };
        tx.roles(scope).insert(&role, &[action.id]).await?;
        tx.commit_unaudited(now).await?;
        Ok(role.id)
    }

    /// A plan with so many limits; none for none.
    async fn seed_plan(&self, scope: &lockwork_model::access::Scope, limits: u64) -> Result<Option<PlanId>> {
        if limits == 0 {
            return Ok(None);
        }
        let now = self.now();
        let limit = |number: u64| {
            Ok(Limit {
                name: format!("seed-{number}").parse().map_err(Error::internal)?,
                limit: SEEDED_LIMIT,
                kind: LimitKind::Rate(Rate::Window { seconds: 60 }),
                only_when_named: false,
            })
        };
        let plan = Plan {
            id: PlanId::generate(&mut **self.entropy()),
            display_name: "Seed".into(),
            description: "Made by lockwork seed".into(),
            limits: (1..=limits).map(limit).collect::<Result<_>>()?,
            created_at: now,
            updated_at: now,
        };
        check_limits("limits", &plan.limits)?;
        let mut tx = self.store().begin().await?;
        tx.plans(scope).insert(&plan).await?;
        tx.commit_unaudited(now).await?;
        Ok(Some(plan.id))
    }

    async fn seed_organizations(
        &self,
        scope: &lockwork_model::access::Scope,
        spec: &SeedSpec,
    ) -> Result<Vec<OrganizationId>> {
        let mut ids = Vec::new();
        let numbers: Vec<u64> = (1..=spec.organizations).collect();
        for batch in numbers.chunks(BATCH as usize) {
            let now = self.now();
            let mut tx = self.store().begin().await?;
            for number in batch {
                let id = OrganizationId::generate(&mut **self.entropy());
                let name = format!("Organization {number}");
                let organization = Organization {
                    api_keys_enabled: true,
                    ..Organization::new(id, scope.project(), name, LoginMethods::default(), now)
                };
                tx.organizations(scope).insert(&organization).await?;
                ids.push(id);
            }
            tx.commit_unaudited(now).await?;
        }
        Ok(ids)
    }
}
