//! What is good once or for a while: impersonation tokens, sign-up links, and the clearing away of all that is over.

use crate::fixtures::{World, at, bytes, hash, uuid};
use crate::people::email;
use lockwork_model::ids::{IntermediateSessionId, UserId, UserImpersonationTokenId};
use lockwork_model::lockouts::{Attempts, LockoutKind};
use lockwork_model::providers::Provider;
use lockwork_model::time::Timestamp;
use lockwork_model::users::User;
use lockwork_store::StoreError;
use lockwork_store::system::{ImpersonationToken, SignUpLink, StoredLogin};
use lockwork_store::user_challenges::ChallengeKind;
use lockwork_testkit::on_both;

fn token(world: &World, user: &User) -> ImpersonationToken {
    ImpersonationToken {
        id: UserImpersonationTokenId::from_uuid(uuid()),
        secret_hash: hash(),
        project: world.project.id,
        impersonator: UserId::from_uuid(uuid()),
        user: user.id,
        created_at: at(1),
        expires_at: at(30),
    }
}

fn link(world: &World) -> SignUpLink {
    SignUpLink {
        secret_hash: hash(),
        project: world.project.id,
        organization: world.organization.id,
        created_at: at(1),
        expires_at: at(30),
    }
}

on_both! {
    async fn an_impersonation_token_is_good_once_in_its_project_and_for_a_while(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let ada = world.a_user("ada@example.com").await;
        let (first, late) = (token(&world, &ada), token(&world, &ada));
        let mut tx = world.begin().await;
        let mut system = tx.system();
        for token in [&first, &late] {
            system.insert_impersonation_token(token).await.unwrap();
        }
        let take = async |system: &mut lockwork_store::system::System<'_, _>, project, token: &ImpersonationToken, now| {
            system.take_impersonation_token(project, &token.secret_hash, now).await.unwrap()
        };
        assert_eq!(take(&mut system, other.project.id, &first, at(2)).await, None);
        assert_eq!(take(&mut system, world.project.id, &token(&world, &ada), at(2)).await, None);
        assert_eq!(take(&mut system, world.project.id, &first, at(29)).await.as_ref(), Some(&first));
        assert_eq!(take(&mut system, world.project.id, &first, at(29)).await, None);
        assert_eq!(take(&mut system, world.project.id, &late, at(30)).await, None);
        let refused = system.insert_impersonation_token(&token(&other, &ada)).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }

    async fn a_sign_up_link_is_good_once_in_its_project_and_for_a_while(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (first, second, theirs) = (link(&world), link(&world), link(&other));
        let project = world.project.id;
        let mut tx = world.begin().await;
        let mut system = tx.system();
        for link in [&first, &second, &theirs] {
            system.insert_sign_up_link(link).await.unwrap();
        }
        assert_eq!(system.find_sign_up_link(project, &first.secret_hash, at(29)).await.unwrap().as_ref(), Some(&first));
        assert_eq!(system.find_sign_up_link(project, &first.secret_hash, at(30)).await.unwrap(), None);
        assert_eq!(system.find_sign_up_link(project, &theirs.secret_hash, at(2)).await.unwrap(), None);
        assert!(!system.take_sign_up_link(project, &first.secret_hash, at(30)).await.unwrap());
        assert!(!system.take_sign_up_link(project, &theirs.secret_hash, at(2)).await.unwrap());
        assert!(system.take_sign_up_link(project, &first.secret_hash, at(29)).await.unwrap());
        assert!(!system.take_sign_up_link(project, &first.secret_hash, at(29)).await.unwrap());
        assert_eq!(system.delete_sign_up_links(project).await.unwrap(), 1);
        assert!(system.take_sign_up_link(other.project.id, &theirs.secret_hash, at(2)).await.unwrap());
        let stray = SignUpLink { organization: other.organization.id, ..link(&world) };
        let refused = system.insert_sign_up_link(&stray).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }

    async fn an_address_is_proven_to_one_project_by_one_id_at_one_provider(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, google, project) = (email("ada@example.com"), Provider::Google, world.project.id);
        let mut tx = world.begin().await;
        let mut system = tx.system();
        system.insert_verified_email(project, &ada, google, "1").await.unwrap();
        system.insert_verified_email(project, &ada, google, "1").await.unwrap();
        assert!(system.is_verified_email(project, &ada, google, "1").await.unwrap());
        assert!(!system.is_verified_email(other.project.id, &ada, google, "1").await.unwrap());
        assert!(!system.is_verified_email(project, &email("eve@example.com"), google, "1").await.unwrap());
        assert!(!system.is_verified_email(project, &ada, Provider::Github, "1").await.unwrap());
        assert!(!system.is_verified_email(project, &ada, google, "2").await.unwrap());
    }

    async fn what_is_over_is_cleared_away_and_the_rest_stays(db: TestDatabase) {
        let world = World::of(&db).await;
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let project = world.project.id;
        let now = Timestamp::from_micros(at(0).as_micros() + 9 * 86_400_000_000);
        let later = Timestamp::from_micros(now.as_micros() + 1);
        let today = now.as_micros() / 86_400_000_000;
        let mut tx = world.begin().await;
        for (user, end) in [(&ada, now), (&bob, later)] {
            let login = StoredLogin {
                id: IntermediateSessionId::from_uuid(uuid()),
                project,
                secret_hash: hash(),
                sealed_progress: Vec::new(),
                created_at: at(1),
                expires_at: end,
            };
            tx.system().insert_login(&login).await.unwrap();
            let token = ImpersonationToken { expires_at: end, ..token(&world, user) };
            tx.system().insert_impersonation_token(&token).await.unwrap();
            tx.system().insert_sign_up_link(&SignUpLink { expires_at: end, ..link(&world) }).await.unwrap();
            let kind = ChallengeKind::AuthenticatorApp;
            tx.user_challenges(&world.scope).upsert(user.id, kind, b"x", end).await.unwrap();
            let last_at = Timestamp::from_micros(end.as_micros() - 86_400_000_000);
            let attempts = Attempts { count: 5, last_at };
            tx.system().set_attempts(project, LockoutKind::Password, &bytes(), attempts).await.unwrap();
        }
        for day in [today - 7, today - 6] {
            tx.system().count_mail(project, day).await.unwrap();
        }
        assert_eq!(tx.system().delete_expired(now).await.unwrap(), 6);
        assert_eq!(tx.system().delete_expired(now).await.unwrap(), 0);
        tx.commit_unaudited(now).await.unwrap();
        for table in
            ["logins", "impersonation_tokens", "sign_up_links", "user_challenges", "lockouts", "mail_counts"]
        {
            assert_eq!(world.count(table).await, 1, "{table}");
        }
    }

    async fn no_clearing_away_takes_more_than_a_thousand_of_each(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut tx = world.begin().await;
        for day in 0..1_500 {
            tx.system().count_mail(world.project.id, day).await.unwrap();
        }
        for deleted in [1_000, 500, 0] {
            assert_eq!(tx.system().delete_expired(at(0)).await.unwrap(), deleted);
        }
    }
}
