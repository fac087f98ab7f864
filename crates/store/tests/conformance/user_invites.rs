use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at};
use crate::people::{email, invite};
use lockwork_model::user_invites::UserInvite;
use lockwork_store::StoreError;
use lockwork_testkit::on_both;

on_both! {
    async fn an_invitation_that_is_repeated_keeps_its_id(db: TestDatabase) {
        let world = World::of(&db).await;
        let first = invite(world.organization.id, "ada@example.com");
        let again = UserInvite { owner: true, created_at: at(90), updated_at: at(91), ..invite(world.organization.id, "ada@example.com") };
        let mut tx = world.begin().await;
        let mut invites = tx.user_invites(&world.scope);
        assert_eq!(invites.upsert(&first).await.unwrap(), first);
        let wanted = UserInvite { owner: true, updated_at: at(91), ..first.clone() };
        assert_eq!(invites.upsert(&again).await.unwrap(), wanted);
        assert_eq!(invites.find(first.id).await.unwrap().as_ref(), Some(&wanted));
        assert_eq!(invites.find(again.id).await.unwrap(), None);
        assert_eq!(invites.find_by_email(first.organization, &first.email).await.unwrap(), Some(wanted));
        assert_eq!(invites.find_by_email(first.organization, &email("bob@example.com")).await.unwrap(), None);
    }

    async fn invitations_are_listed_by_organization_and_found_by_address(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let elsewhere = world.another_organization("Elsewhere").await;
        other.insert_invite(&invite(other.organization.id, "0@example.com")).await;
        let mut rows = Vec::new();
        for (index, time) in [3, 1, 2, 1].into_iter().enumerate() {
            let row = UserInvite { created_at: at(time), ..invite(world.organization.id, &format!("{index}@example.com")) };
            world.insert_invite(&row).await;
            rows.push(row);
        }
        let key = |row: &UserInvite| (row.created_at, String::new(), row.id.uuid());
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| {
            world.read().await.user_invites(&world.scope).list(Some(world.organization.id), page).await.unwrap()
        })
        .await;
        let there = invite(elsewhere.id, "0@example.com");
        world.insert_invite(&there).await;
        let mut both = [rows[0].clone(), there.clone()];
        both.sort_by_key(|row| row.id);
        let found = world.read().await.user_invites(&world.scope).of_email(&there.email).await.unwrap();
        assert_eq!(found, both);
        rows.push(there);
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| {
            world.read().await.user_invites(&world.scope).list(None, page).await.unwrap()
        })
        .await;
    }

    async fn an_invitation_is_used_up_once_and_withdrawn_in_its_own_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (mine, theirs) = (invite(world.organization.id, "a@example.com"), invite(other.organization.id, "a@example.com"));
        world.insert_invite(&mine).await;
        other.insert_invite(&theirs).await;
        let mut tx = world.begin().await;
        let mut invites = tx.user_invites(&world.scope);
        invites.delete(theirs.id).await.unwrap();
        assert!(!invites.delete_by_email(theirs.organization, &theirs.email).await.unwrap());
        assert!(invites.delete_by_email(mine.organization, &mine.email).await.unwrap());
        assert!(!invites.delete_by_email(mine.organization, &mine.email).await.unwrap());
        invites.upsert(&mine).await.unwrap();
        invites.delete(mine.id).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        assert_eq!(world.count("user_invites").await, 1);
        assert_eq!(world.read().await.user_invites(&other.scope).find(theirs.id).await.unwrap(), Some(theirs));
        let mut tx = world.begin().await;
        let stray = tx.user_invites(&world.scope).upsert(&invite(other.organization.id, "b@example.com")).await;
        assert!(matches!(stray, Err(StoreError::Dangling(_))), "{stray:?}");
    }
}
