use crate::fixtures::{World, at, hash, project, uuid};
use lockwork_model::ids::{IntermediateSessionId, ProjectId};
use lockwork_store::StoreError;
use lockwork_store::system::StoredLogin;
use lockwork_testkit::on_both;

fn login(project: ProjectId) -> StoredLogin {
    StoredLogin {
        id: IntermediateSessionId::from_uuid(uuid()),
        project,
        secret_hash: hash(),
        sealed_progress: b"sealed".to_vec(),
        created_at: at(1),
        expires_at: at(100),
    }
}

on_both! {
    async fn a_login_is_found_by_its_secret_in_its_project_and_written_back(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let first = login(world.project.id);
        let mut tx = world.begin().await;
        let mut system = tx.system();
        system.insert_login(&first).await.unwrap();
        let project = world.project.id;
        assert_eq!(system.find_login(project, &first.secret_hash).await.unwrap().as_ref(), Some(&first));
        assert_eq!(system.find_login(other.project.id, &first.secret_hash).await.unwrap(), None);
        assert_eq!(system.find_login_for_update(other.project.id, &first.secret_hash).await.unwrap(), None);
        let later = StoredLogin {
            secret_hash: hash(),
            sealed_progress: b"more".to_vec(),
            expires_at: at(200),
            ..first.clone()
        };
        system.update_login(&StoredLogin { project: other.project.id, ..later.clone() }).await.unwrap();
        assert_eq!(system.find_login(project, &first.secret_hash).await.unwrap().as_ref(), Some(&first));
        system.update_login(&later).await.unwrap();
        assert_eq!(system.find_login_for_update(project, &later.secret_hash).await.unwrap().as_ref(), Some(&later));
        assert_eq!(system.find_login(project, &first.secret_hash).await.unwrap(), None);
        assert!(!system.delete_login(other.project.id, later.id).await.unwrap());
        assert!(system.delete_login(project, later.id).await.unwrap());
        assert!(!system.delete_login(project, later.id).await.unwrap());
        let refused = system.insert_login(&login(crate::fixtures::project().id)).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }

    async fn of_those_who_finish_a_login_at_once_one_does(db: TestDatabase) {
        let world = World::of(&db).await;
        let row = login(world.project.id);
        let mut tx = world.begin().await;
        tx.system().insert_login(&row).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        let finish = |_| {
            let (store, row) = (world.store.clone(), row.clone());
            tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let found = tx.system().find_login_for_update(row.project, &row.secret_hash).await.unwrap();
                let Some(found) = found else { return 0 };
                let finished = tx.system().delete_login(found.project, found.id).await.unwrap();
                tx.commit_unaudited(at(2)).await.unwrap();
                usize::from(finished)
            })
        };
        let all: Vec<_> = (0..8).map(finish).collect();
        let mut finished = 0;
        for one in all {
            finished += one.await.unwrap();
        }
        assert_eq!(finished, 1);
        assert_ne!(row.project, project().id);
    }
}
