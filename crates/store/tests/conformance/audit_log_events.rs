use crate::fixtures::{World, at, event, uuid};
use lockwork_model::audit_log_events::{AuditLogEvent, AuditLogFilter, EventActor, ResourceType};
use lockwork_model::ids::{
    ApiKeyId, AuditLogEventId, BackendApiKeyId, IntermediateSessionId, OrganizationId, SessionId, UserId,
};
use lockwork_model::page::{Cursor, PageRequest};
use lockwork_store::{Audit, StoreError};
use lockwork_testkit::on_both;

async fn insert(world: &World, entries: &[AuditLogEvent]) {
    for entry in entries {
        let tx = world.begin().await;
        tx.commit(Audit::of(&world.scope, entry.clone()), at(0)).await.unwrap();
    }
}

async fn list(world: &World, filter: AuditLogFilter<'_>) -> Vec<AuditLogEvent> {
    let page = PageRequest { size: 100, ..PageRequest::default() };
    world.read().await.audit_log_events(&world.scope).list(filter, &page).await.unwrap().items
}

/// An entry in which everything is told.
fn full() -> AuditLogEvent {
    AuditLogEvent {
        organization: Some(OrganizationId::from_uuid(uuid())),
        actor: EventActor {
            user: Some(UserId::from_uuid(uuid())),
            session: Some(SessionId::from_uuid(uuid())),
            api_key: Some(ApiKeyId::from_uuid(uuid())),
            backend_api_key: Some(BackendApiKeyId::from_uuid(uuid())),
            intermediate_session: Some(IntermediateSessionId::from_uuid(uuid())),
            console_user: Some(UserId::from_uuid(uuid())),
            console_session: Some(SessionId::from_uuid(uuid())),
            impersonator: Some(UserId::from_uuid(uuid())),
        },
        resource: Some((ResourceType::Role, uuid())),
        event_name: "acme.widgets.sold".into(),
        ..event(at(5))
    }
}

on_both! {
    async fn an_entry_is_listed_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let (bare, full) = (AuditLogEvent { resource: None, ..event(at(4)) }, full());
        insert(&world, &[bare.clone(), full.clone()]).await;
        assert_eq!(list(&world, AuditLogFilter::default()).await, [full, bare]);
    }

    async fn a_commit_may_leave_several_entries_and_a_refusal_one(db: TestDatabase) {
        let world = World::of(&db).await;
        let (first, second, refusal) = (event(at(1)), event(at(2)), event(at(3)));
        let tx = world.begin().await;
        let audit = Audit::of_all(&world.scope, [first.clone(), second.clone()]).unwrap();
        tx.commit(audit, at(2)).await.unwrap();
        let tx = world.begin().await;
        tx.commit(Audit::of_refusal(world.project.id, refusal.clone()), at(3)).await.unwrap();
        assert_eq!(list(&world, AuditLogFilter::default()).await, [refusal, second, first]);
    }

    async fn pages_come_newest_first_through_ties(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        insert(&other, &[event(at(1))]).await;
        let mut rows: Vec<_> = [3, 1, 2, 2, 2, 1, 3].into_iter().map(|time| event(at(time))).collect();
        insert(&world, &rows).await;
        rows.sort_by_key(|row| std::cmp::Reverse((row.event_time, row.id)));
        for size in [1, 2, 3, 7, 100] {
            let mut request = PageRequest { size, ..PageRequest::default() };
            let mut found = Vec::new();
            loop {
                let mut conn = world.read().await;
                let page = conn.audit_log_events(&world.scope).list(AuditLogFilter::default(), &request).await.unwrap();
                assert!(page.items.len() <= size as usize);
                found.extend(page.items);
                let Some(next) = page.next else { break };
                request.after = Some(next);
            }
            assert_eq!(found, rows, "in pages of {size}");
        }
    }

    async fn each_filter_narrows_the_list(db: TestDatabase) {
        let world = World::of(&db).await;
        let (wanted, other) = (full(), full());
        let other = AuditLogEvent { resource: Some((ResourceType::ApiKey, uuid())), event_name: "a.b.c".into(), ..other };
        insert(&world, &[wanted.clone(), other]).await;
        let (actor, any) = (wanted.actor, EventActor::default());
        let filter = AuditLogFilter::default();
        for filter in [
            AuditLogFilter { event_name: Some("acme.widgets.sold"), ..filter },
            AuditLogFilter { organization: wanted.organization, ..filter },
            AuditLogFilter { actor: EventActor { user: actor.user, ..any }, ..filter },
            AuditLogFilter { actor: EventActor { session: actor.session, ..any }, ..filter },
            AuditLogFilter { actor: EventActor { api_key: actor.api_key, ..any }, ..filter },
            AuditLogFilter { actor: EventActor { backend_api_key: actor.backend_api_key, ..any }, ..filter },
            AuditLogFilter { actor: EventActor { intermediate_session: actor.intermediate_session, ..any }, ..filter },
            AuditLogFilter { actor: EventActor { console_user: actor.console_user, ..any }, ..filter },
            AuditLogFilter { actor: EventActor { console_session: actor.console_session, ..any }, ..filter },
            AuditLogFilter { actor: EventActor { impersonator: actor.impersonator, ..any }, ..filter },
            AuditLogFilter { resource_type: Some(ResourceType::Role), ..filter },
            AuditLogFilter { resource: wanted.resource.map(|(_, id)| id), ..filter },
            AuditLogFilter { resource: wanted.resource.map(|(_, id)| id), organization: wanted.organization, ..filter },
        ] {
            assert_eq!(list(&world, filter).await, std::slice::from_ref(&wanted), "{filter:?}");
        }
        let nobody = AuditLogFilter { organization: Some(OrganizationId::from_uuid(uuid())), ..filter };
        assert_eq!(list(&world, nobody).await, []);
    }

    async fn times_bound_the_list_from_the_first_to_before_the_last(db: TestDatabase) {
        let world = World::of(&db).await;
        let rows: Vec<_> = (0..5).map(|time| event(at(time))).collect();
        insert(&world, &rows).await;
        let filter = AuditLogFilter { from: Some(at(1)), until: Some(at(3)), ..AuditLogFilter::default() };
        assert_eq!(list(&world, filter).await, [rows[2].clone(), rows[1].clone()]);
        // A cursor from a wider list does not reach past the end.
        let cursor = Cursor { micros: at(9).as_micros(), name: String::new(), id: uuid() };
        let page = PageRequest { after: Some(cursor), ..PageRequest::default() };
        let mut conn = world.read().await;
        let found = conn.audit_log_events(&world.scope).list(filter, &page).await.unwrap().items;
        assert_eq!(found, [rows[2].clone(), rows[1].clone()]);
    }

    async fn each_project_reads_its_own_log(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (mine, theirs) = (full(), full());
        insert(&world, std::slice::from_ref(&mine)).await;
        insert(&other, std::slice::from_ref(&theirs)).await;
        assert_eq!(list(&world, AuditLogFilter::default()).await, [mine]);
        for filter in [
            AuditLogFilter { organization: theirs.organization, ..AuditLogFilter::default() },
            AuditLogFilter { resource: theirs.resource.map(|(_, id)| id), ..AuditLogFilter::default() },
        ] {
            assert_eq!(list(&world, filter).await, []);
        }
    }

    async fn an_entry_that_cannot_be_written_undoes_the_change(db: TestDatabase) {
        let world = World::of(&db).await;
        let entry = event(at(0));
        insert(&world, std::slice::from_ref(&entry)).await;
        let key = world.key();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap();
        let twice = tx.commit(Audit::of(&world.scope, entry), at(0)).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        assert_eq!(world.find_key(key.id).await, None);
        let changes = world.count("changes").await;
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap();
        let fresh = AuditLogEvent { id: AuditLogEventId::from_uuid(uuid()), ..event(at(0)) };
        tx.commit(Audit::of(&world.scope, fresh), at(0)).await.unwrap();
        assert_eq!(world.find_key(key.id).await, Some(key));
        assert_eq!((world.count("audit_log_events").await, world.count("changes").await), (2, changes + 1));
    }
}
