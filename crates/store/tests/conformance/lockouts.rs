use crate::fixtures::{World, at, bytes};
use lockwork_model::ids::ProjectId;
use lockwork_model::lockouts::{ATTEMPTS_MAX, Attempts, LockoutKind};
use lockwork_store::Store;
use lockwork_testkit::on_both;

/// One more attempt, as the product counts it; whether it may be judged.
async fn attempt(store: &Store, project: ProjectId, subject: &[u8; 32]) -> bool {
    let mut tx = store.begin().await.unwrap();
    let before = tx.system().attempts(project, LockoutKind::Password, subject).await.unwrap();
    let Ok(attempts) = Attempts::another(before, at(1)) else { return false };
    tx.system().set_attempts(project, LockoutKind::Password, subject, attempts).await.unwrap();
    tx.commit_unaudited(at(1)).await.unwrap();
    true
}

on_both! {
    async fn attempts_at_once_are_counted_one_by_one_from_the_first(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = bytes();
        let all: Vec<_> = (0..20)
            .map(|_| {
                let (store, project) = (world.store.clone(), world.project.id);
                tokio::spawn(async move { attempt(&store, project, &subject).await })
            })
            .collect();
        let mut judged = 0;
        for one in all {
            judged += i64::from(one.await.unwrap());
        }
        assert_eq!(judged, ATTEMPTS_MAX);
        let mut tx = world.begin().await;
        let found = tx.system().attempts(world.project.id, LockoutKind::Password, &subject).await.unwrap();
        assert_eq!(found, Some(Attempts { count: ATTEMPTS_MAX, last_at: at(1) }));
        // After a success all is forgotten, and counted from the first again.
        tx.system().clear_attempts(world.project.id, LockoutKind::Password, &subject).await.unwrap();
        tx.commit_unaudited(at(2)).await.unwrap();
        let mut tx = world.begin().await;
        assert_eq!(tx.system().attempts(world.project.id, LockoutKind::Password, &subject).await.unwrap(), None);
        drop(tx);
        assert!(attempt(&world.store, world.project.id, &subject).await);
    }

    async fn each_project_kind_and_subject_counts_by_itself(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (subject, attempts) = (bytes(), Attempts { count: 3, last_at: at(9) });
        let mut tx = world.begin().await;
        let mut system = tx.system();
        system.set_attempts(world.project.id, LockoutKind::SecondFactor, &subject, attempts).await.unwrap();
        let found = system.attempts(world.project.id, LockoutKind::SecondFactor, &subject).await.unwrap();
        assert_eq!(found, Some(attempts));
        for (project, kind, subject) in [
            (other.project.id, LockoutKind::SecondFactor, subject),
            (world.project.id, LockoutKind::Password, subject),
            (world.project.id, LockoutKind::SecondFactor, bytes()),
        ] {
            assert_eq!(system.attempts(project, kind, &subject).await.unwrap(), None);
            system.clear_attempts(project, kind, &subject).await.unwrap();
        }
        let found = system.attempts(world.project.id, LockoutKind::SecondFactor, &subject).await.unwrap();
        assert_eq!(found, Some(attempts));
    }

    async fn mails_are_counted_by_project_and_day(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let mut tx = world.begin().await;
        let mut system = tx.system();
        for (project, day, count) in [
            (world.project.id, 20_000, 1),
            (world.project.id, 20_000, 2),
            (world.project.id, 20_001, 1),
            (other.project.id, 20_000, 1),
            (world.project.id, 20_000, 3),
        ] {
            assert_eq!(system.count_mail(project, day).await.unwrap(), count);
        }
    }
}
