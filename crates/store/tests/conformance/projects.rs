use crate::fixtures::{World, at, execute, number, project, scope};
use lockwork_model::api_keys::Lifetime;
use lockwork_model::branding::{Branding, Image, ImageKind, LogInLayout};
use lockwork_model::projects::{LoginMethods, Project, Redirects, SelfServe};
use lockwork_model::providers::Provider;
use lockwork_store::StoreError;
use lockwork_store::projects::SealedOauthClient;
use lockwork_testkit::on_both;

on_both! {
    async fn a_project_is_found_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let found = world.read().await.projects(&world.scope).find().await.unwrap();
        assert_eq!(found.as_ref(), Some(&world.project));
        let mut tx = world.begin().await;
        assert_eq!(tx.projects(&world.scope).find_for_update().await.unwrap(), found);
        let nobody = scope(project().id);
        assert_eq!(tx.projects(&nobody).find().await.unwrap(), None);
    }

    async fn an_update_changes_the_project_and_no_other(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let renamed = Project {
            display_name: "Renamed".into(),
            log_in_with: LoginMethods::from_bits(0),
            vault_domain: "login.example.org".into(),
            cookie_domain: "example.org".into(),
            email_send_from_domain: "mail.example.org".into(),
            trusted_domains: vec!["a.example.org".into(), "example.org".into()],
            audit_logs_enabled: false,
            logins_disabled: true,
            redirects: Redirects {
                default: Some("https://example.org".into()),
                after_login: Some("https://example.org/in".into()),
                after_signup: Some("https://example.org/up".into()),
            },
            self_serve: SelfServe {
                create_users: false,
                create_organizations: false,
                auto_create_organizations: true,
            },
            api_keys_enabled: false,
            api_key_prefix: None,
            max_key_lifetime: Lifetime::from_seconds(86_400),
            time_zone: "Europe/Berlin".parse().unwrap(),
            updated_at: at(9),
            ..world.project.clone()
        };
        let mut tx = world.begin().await;
        tx.projects(&world.scope).update(&renamed).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(world.read().await.projects(&world.scope).find().await.unwrap(), Some(renamed));
        assert_eq!(world.read().await.projects(&other.scope).find().await.unwrap(), Some(other.project));
    }

    async fn a_scope_changes_its_own_project_whatever_it_is_handed(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let vault_domain = world.project.vault_domain.clone();
        let stolen = Project { display_name: "Stolen".into(), vault_domain, ..other.project.clone() };
        let mut tx = world.begin().await;
        tx.projects(&world.scope).update(&stolen).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(world.read().await.projects(&other.scope).find().await.unwrap(), Some(other.project));
    }

    async fn every_prefix_that_was_ever_used_is_remembered_once(db: TestDatabase) {
        let world = World::of(&db).await;
        for (step, prefix) in ["b_", "acme_sk_", "b_", "a_"].into_iter().enumerate() {
            let changed = Project {
                api_key_prefix: Some(prefix.parse().unwrap()),
                updated_at: at(10 + step as i64),
                ..world.project.clone()
            };
            let mut tx = world.begin().await;
            tx.projects(&world.scope).update(&changed).await.unwrap();
            tx.commit_unaudited(changed.updated_at).await.unwrap();
        }
        let facts = world.read().await.project_facts(world.project.id).await.unwrap().unwrap();
        assert_eq!(facts.prefix, Some("a_".parse().unwrap()));
        let prefixes: Vec<&str> = facts.prefixes.iter().map(|prefix| prefix.as_str()).collect();
        assert_eq!(prefixes, ["acme_sk_", "b_", "a_"]);
        assert_eq!(world.count("project_api_key_prefixes").await, 3);
    }

    async fn two_projects_cannot_share_a_vault_domain(db: TestDatabase) {
        let world = World::of(&db).await;
        let twin = Project { vault_domain: world.project.vault_domain.clone(), ..project() };
        let mut tx = world.begin().await;
        let refused = tx.system().insert_project(&twin).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
    }

    async fn keys_cannot_be_on_without_a_prefix(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut tx = world.begin().await;
        tx.system().insert_project(&Project { api_key_prefix: None, ..project() }).await.unwrap_err();
        drop(tx);
        assert_eq!(number(&world.store, "SELECT COUNT(*) FROM projects").await, 1);
    }

    async fn a_longest_life_and_a_time_zone_are_kept_from_the_beginning(db: TestDatabase) {
        let strict = Project {
            max_key_lifetime: Lifetime::from_seconds(Lifetime::MAX_SECONDS),
            time_zone: "America/St_Johns".parse().unwrap(),
            ..project()
        };
        let mut tx = db.store().begin().await.unwrap();
        tx.system().insert_project(&strict).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let mut conn = db.store().read().await.unwrap();
        assert_eq!(conn.system().find_project(strict.id).await.unwrap(), Some(strict));
    }

    async fn a_time_zone_or_a_longest_life_that_cannot_be_is_corrupt(db: TestDatabase) {
        let world = World::of(&db).await;
        for (column, value) in [("max_key_lifetime_seconds", "0"), ("time_zone", "'Mars/Olympus'")] {
            execute(&world.store, &format!("UPDATE projects SET {column} = {value}")).await;
            let error = world.read().await.projects(&world.scope).find().await.unwrap_err();
            let wanted = format!("projects row {}: column {column} is corrupt", world.project.id.uuid());
            assert_eq!(error.to_string(), wanted);
            execute(&world.store, "UPDATE projects SET max_key_lifetime_seconds = NULL").await;
        }
    }

    async fn a_project_knows_who_runs_it_and_an_update_leaves_that(db: TestDatabase) {
        let (world, console) = (World::of(&db).await, World::another(&db.store()).await);
        let staff = console.organization.id;
        let mut tx = world.begin().await;
        let mut projects = tx.projects(&world.scope);
        projects.set_staff(Some(staff)).await.unwrap();
        projects.update(&world.project).await.unwrap();
        assert_eq!(projects.find().await.unwrap().unwrap().staff, Some(staff));
        let another = Project { staff: Some(staff), ..project() };
        tx.system().insert_project(&another).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        let mut conn = world.read().await;
        let mut both = [world.project.id, another.id];
        both.sort_unstable();
        assert_eq!(conn.system().projects_of_staff(staff).await.unwrap(), both);
        assert_eq!(conn.system().projects_of_staff(world.organization.id).await.unwrap(), []);
        let mut tx = world.begin().await;
        tx.projects(&world.scope).set_staff(None).await.unwrap();
        assert_eq!(tx.system().projects_of_staff(staff).await.unwrap(), [another.id]);
    }

    async fn a_project_has_its_own_client_at_each_provider(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let client = |id: &str| SealedOauthClient { client_id: id.into(), sealed_client_secret: id.as_bytes().to_vec() };
        let mut tx = world.begin().await;
        let mut projects = tx.projects(&world.scope);
        for (provider, id) in [(Provider::Github, "1"), (Provider::Google, "2"), (Provider::Google, "3")] {
            projects.set_oauth_client(provider, Some(&client(id))).await.unwrap();
        }
        let both = [(Provider::Google, "3".to_owned()), (Provider::Github, "1".to_owned())];
        assert_eq!(projects.oauth_clients().await.unwrap(), both);
        tx.projects(&other.scope).set_oauth_client(Provider::Google, None).await.unwrap();
        let mut system = tx.system();
        assert_eq!(system.oauth_client(world.project.id, Provider::Google).await.unwrap(), Some(client("3")));
        assert_eq!(system.oauth_client(other.project.id, Provider::Google).await.unwrap(), None);
        assert_eq!(system.oauth_client(world.project.id, Provider::Microsoft).await.unwrap(), None);
        tx.projects(&world.scope).set_oauth_client(Provider::Google, None).await.unwrap();
        assert_eq!(tx.projects(&world.scope).oauth_clients().await.unwrap(), both[1..]);
    }

    async fn branding_is_kept_for_its_project_alone(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let picture = |byte: u8| Image::new([&b"\xff\xd8\xff"[..], &[byte]].concat()).unwrap();
        let branding = Branding {
            primary_color: "#ffffff".parse().ok(),
            dark_mode_primary_color: "#000001".parse().ok(),
            detect_dark_mode: false,
            layout: LogInLayout::SideBySide,
        };
        let mut tx = world.begin().await;
        assert_eq!(tx.projects(&world.scope).branding().await.unwrap(), Branding::default());
        tx.projects(&world.scope).set_branding(&branding).await.unwrap();
        for (kind, byte) in [(ImageKind::Favicon, 1), (ImageKind::Logo, 2), (ImageKind::Logo, 3)] {
            tx.projects(&world.scope).set_image(kind, Some(picture(byte))).await.unwrap();
        }
        tx.projects(&other.scope).set_image(ImageKind::Logo, None).await.unwrap();
        assert_eq!(tx.projects(&world.scope).branding().await.unwrap(), branding);
        let images = [(ImageKind::Logo, picture(3)), (ImageKind::Favicon, picture(1))];
        assert_eq!(tx.projects(&world.scope).images().await.unwrap(), images);
        let kinds = vec![ImageKind::Logo, ImageKind::Favicon];
        assert_eq!(tx.system().branding(world.project.id).await.unwrap(), (branding, kinds));
        assert_eq!(tx.system().branding(other.project.id).await.unwrap(), (Branding::default(), vec![]));
        let mut system = tx.system();
        assert_eq!(system.image(world.project.id, ImageKind::Logo).await.unwrap(), Some(picture(3)));
        assert_eq!(system.image(world.project.id, ImageKind::DarkModeLogo).await.unwrap(), None);
        assert_eq!(system.image(other.project.id, ImageKind::Logo).await.unwrap(), None);
        let mut projects = tx.projects(&world.scope);
        projects.set_branding(&Branding::default()).await.unwrap();
        projects.set_image(ImageKind::Logo, None).await.unwrap();
        assert_eq!(projects.branding().await.unwrap(), Branding::default());
        assert_eq!(projects.images().await.unwrap(), images[1..]);
    }

    async fn a_host_finds_its_project_whatever_its_letters_and_its_port(db: TestDatabase) {
        let store = db.store();
        let with = |domain: &str| Project { vault_domain: domain.into(), ..project() };
        let (plain, ported) = (with("login.example.com"), with("login.localhost:8080"));
        let mut tx = store.begin().await.unwrap();
        for project in [&plain, &ported, &with("login.example.com.evil.org"), &with("login.localhost;x")] {
            tx.system().insert_project(project).await.unwrap();
        }
        tx.commit_unaudited(at(1)).await.unwrap();
        let mut conn = store.read().await.unwrap();
        for (host, wanted) in [
            ("login.example.com", Some(&plain)),
            ("LOGIN.Example.com", Some(&plain)),
            ("login.localhost", Some(&ported)),
            ("login.localhos", None),
            ("ogin.example.com", None),
            ("login.example.co", None),
            ("%", None),
            ("", None),
        ] {
            let found = conn.system().find_project_by_vault_domain(host).await.unwrap();
            assert_eq!(found.as_ref(), wanted, "{host}");
        }
    }

    async fn ids_of_projects_come_in_pages_and_users_are_seen_in_any_organization(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let third = World::another(&db.store()).await;
        other.a_user("ada@example.com").await;
        let mut ids = [world.project.id, other.project.id, third.project.id];
        ids.sort_unstable();
        let mut conn = world.read().await;
        let mut system = conn.system();
        assert_eq!(system.project_ids(None, 2).await.unwrap(), ids[..2]);
        assert_eq!(system.project_ids(Some(ids[1]), 2).await.unwrap(), ids[2..]);
        assert_eq!(system.project_ids(Some(ids[2]), 2).await.unwrap(), []);
        assert!(!system.has_users(world.project.id).await.unwrap());
        assert!(system.has_users(other.project.id).await.unwrap());
    }
}
