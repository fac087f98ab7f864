use crate::fixtures::{World, at, execute, literal};
use crate::people::{email, invite, owner_scope, user};
use lockwork_model::organizations::{DomainList, Organization};
use lockwork_model::providers::Provider;
use lockwork_model::users::{ExternalIds, User};
use lockwork_store::organizations::Visitor;
use lockwork_testkit::on_both;

async fn add_domain(world: &World, organization: &Organization, list: DomainList, entry: &str) {
    let mut tx = world.begin().await;
    tx.organizations(&world.scope).replace_domains(organization, list, &[entry.to_owned()]).await.unwrap();
    tx.commit_unaudited(at(0)).await.unwrap();
}

on_both! {
    async fn somebody_sees_what_they_are_in_or_invited_to_or_what_has_their_domain(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let [by_email, by_google, by_github, invited, hosted, tenant, stranger] = [
            world.another_organization("a").await,
            world.another_organization("b").await,
            world.another_organization("c").await,
            world.another_organization("d").await,
            world.another_organization("e").await,
            world.another_organization("f").await,
            world.another_organization("g").await,
        ];
        world.insert_user(&user(by_email.id, "ada@example.com")).await;
        let google = ExternalIds { google: Some("1".into()), ..ExternalIds::default() };
        let github = ExternalIds { github: Some("2".into()), ..ExternalIds::default() };
        world.insert_user(&User { external: google, ..user(by_google.id, "old@example.com") }).await;
        world.insert_user(&User { external: github, ..user(by_github.id, "old@example.com") }).await;
        world.insert_invite(&invite(invited.id, "ada@example.com")).await;
        add_domain(&world, &hosted, DomainList::GoogleHostedDomains, "example.com").await;
        add_domain(&world, &tenant, DomainList::MicrosoftTenantIds, "t-1").await;
        // An e-mail domain lets nobody in by itself, and a name in one list means nothing in another.
        add_domain(&world, &stranger, DomainList::Domains, "example.com").await;
        add_domain(&world, &stranger, DomainList::MicrosoftTenantIds, "example.com").await;
        // Nor does another project.
        other.a_user("ada@example.com").await;
        add_domain(&other, &other.organization, DomainList::GoogleHostedDomains, "example.com").await;

        let ada = email("ada@example.com");
        let external = [(Provider::Google, "1".to_owned()), (Provider::Github, "2".to_owned())];
        let nobody = Visitor { email: &ada, external: &[], google_hosted_domain: None, microsoft_tenant_id: None };
        let full = Visitor {
            external: &external,
            google_hosted_domain: Some("example.com"),
            microsoft_tenant_id: Some("t-1"),
            ..nobody
        };
        let swapped = [(Provider::Google, "2".to_owned()), (Provider::Microsoft, "1".to_owned())];
        let swapped = Visitor { external: &swapped, ..nobody };
        let mut conn = world.read().await;
        let by_address = [by_email.clone(), invited.clone()];
        for (visitor, wanted) in [
            (nobody, by_address.to_vec()),
            (swapped, by_address.to_vec()),
            (full, vec![by_email.clone(), by_google, by_github, invited, hosted.clone(), tenant]),
        ] {
            assert_eq!(conn.organizations(&world.scope).visible_to(&visitor).await.unwrap(), wanted);
            let system = conn.system().organizations_visible_to(world.project.id, &visitor).await.unwrap();
            assert_eq!(system, wanted);
        }
        let narrow = owner_scope(&hosted);
        assert_eq!(conn.organizations(&narrow).visible_to(&full).await.unwrap(), std::slice::from_ref(&hosted));
        assert_eq!(conn.organizations(&narrow).visible_to(&nobody).await.unwrap(), []);
        let literal = literal(&world.store, by_email.id.uuid());
        execute(&world.store, &format!("UPDATE organizations SET logins_disabled = TRUE WHERE id = {literal}")).await;
        let left = world.read().await.organizations(&world.scope).visible_to(&nobody).await.unwrap();
        assert_eq!(left, by_address[1..]);
    }

    async fn a_hundred_organizations_are_seen_at_most(db: TestDatabase) {
        let world = World::of(&db).await;
        for index in 0..102 {
            let organization = world.another_organization(&format!("{index:03}")).await;
            world.insert_user(&user(organization.id, "ada@example.com")).await;
            world.insert_invite(&invite(organization.id, "ada@example.com")).await;
        }
        let ada = email("ada@example.com");
        let visitor = Visitor { email: &ada, external: &[], google_hosted_domain: None, microsoft_tenant_id: None };
        let mut conn = world.read().await;
        let seen = conn.organizations(&world.scope).visible_to(&visitor).await.unwrap();
        let names: Vec<String> = (0..100).map(|index| format!("{index:03}")).collect();
        assert_eq!(seen.into_iter().map(|organization| organization.display_name).collect::<Vec<_>>(), names);
        assert_eq!(conn.users(&world.scope).of_email(&ada).await.unwrap().len(), 100);
        assert_eq!(conn.user_invites(&world.scope).of_email(&ada).await.unwrap().len(), 100);
    }
}
