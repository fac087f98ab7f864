use crate::fixtures::{World, at, execute, follow, uuid};
use lockwork_model::calendar::Period;
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::ids::{ApiKeyId, OrganizationId};
use lockwork_model::limits::{AMOUNT_MAX, Credits, Refill, Subject};
use lockwork_model::projects::Project;
use lockwork_model::time::Timestamp;
use lockwork_store::StoreError;
use lockwork_store::credits::Added;
use lockwork_store::feed::Feed;
use lockwork_testkit::on_both;

pub(crate) fn day(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn plain(remaining: u64) -> Credits {
    Credits { remaining, refill: None, block_size: 1 }
}

pub(crate) fn refilled(remaining: u64, amount: u64, period: Period) -> Credits {
    Credits { refill: Some(Refill { amount, period, anchor: None }), ..plain(remaining) }
}

pub(crate) async fn set(world: &World, subject: Subject, credits: Option<Credits>, now: Timestamp) {
    let mut tx = world.begin().await;
    tx.credits(&world.scope).set(subject, credits, now).await.unwrap();
    tx.commit_unaudited(now).await.unwrap();
}

pub(crate) async fn find(world: &World, subject: Subject, now: Timestamp) -> Option<Credits> {
    world.read().await.credits(&world.scope).find(subject, now).await.unwrap()
}

async fn add(world: &World, subject: Subject, amount: i64, now: Timestamp) -> Added {
    let mut tx = world.begin().await;
    let added = tx.credits(&world.scope).add(subject, amount, now).await.unwrap();
    tx.commit_unaudited(now).await.unwrap();
    added
}

async fn version(world: &World, subject: Subject) -> Option<i64> {
    world.read().await.credits_versions(&[subject]).await.unwrap()[0].1
}

/// A key of the world.
pub(crate) async fn key(world: &World) -> Subject {
    let key = world.key();
    world.insert_key(&key, &[]).await;
    Subject::ApiKey(key.id)
}

pub(crate) async fn move_to(world: &World, zone: &str) {
    let moved = Project { time_zone: zone.parse().unwrap(), ..world.project.clone() };
    let mut tx = world.begin().await;
    tx.projects(&world.scope).update(&moved).await.unwrap();
    tx.commit_unaudited(at(0)).await.unwrap();
}

on_both! {
    async fn credits_are_found_as_they_were_set_and_verification_learns_that_there_are_some(db: TestDatabase) {
        let world = World::of(&db).await;
        let subjects = [
            (key(&world).await, ChangeKind::ApiKey),
            (Subject::Organization(world.organization.id), ChangeKind::Organization),
        ];
        for (subject, kind) in subjects {
            let mut feed = Feed::now(&world.store).await.unwrap();
            let told = [Change { kind, entity: subject.uuid(), detail: None }];
            let has_credits = async || {
                let mut conn = world.read().await;
                match subject {
                    Subject::ApiKey(id) => conn.key_facts(&[id]).await.unwrap()[0].grants.rules.has_credits,
                    Subject::Organization(id) => {
                        conn.organization_facts(id).await.unwrap().unwrap().rules.has_credits
                    }
                }
            };
            assert_eq!((find(&world, subject, at(0)).await, has_credits().await), (None, false));
            let anchor = Some(at(123));
            let refill = Some(Refill { amount: AMOUNT_MAX, period: Period::Month, anchor });
            for credits in [plain(0), Credits { remaining: AMOUNT_MAX, refill, block_size: 1_000_000 }, plain(7)] {
                set(&world, subject, Some(credits), at(0)).await;
                assert_eq!((find(&world, subject, at(0)).await, has_credits().await), (Some(credits), true));
                assert_eq!(follow(&mut feed, &world.store).await, told);
            }
            set(&world, subject, None, at(0)).await;
            assert_eq!((find(&world, subject, at(0)).await, has_credits().await), (None, false));
            assert_eq!(follow(&mut feed, &world.store).await, told);
        }
    }

    async fn what_a_key_was_given_names_its_credits(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        set(&world, Subject::ApiKey(key.id), Some(refilled(1, 5, Period::Hour)), at(0)).await;
        let hours_later = Timestamp::from_micros(at(0).as_micros() + 2 * 3_600_000_000);
        for (now, remaining) in [(at(0), 1), (hours_later, 5)] {
            let grants = world.read().await.api_keys(&world.scope).grants(&key, now).await.unwrap();
            assert_eq!(grants.credits, Some(refilled(remaining, 5, Period::Hour)));
        }
    }

    async fn a_version_comes_once_through_removals_and_clocks_that_go_back(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        assert_eq!(version(&world, subject).await, None);
        let mut last = i64::MIN;
        for (credits, time) in [(Some(1), 1_000), (Some(1), 1_000), (None, 5_000), (Some(1), 10), (Some(2), -9), (None, 0), (Some(3), 1)] {
            set(&world, subject, credits.map(plain), at(time)).await;
            let version = version(&world, subject).await;
            assert_eq!(version.is_some(), credits.is_some());
            assert!(version.is_none_or(|version| version > last), "{version:?} after {last}");
            last = version.unwrap_or(last);
        }
        let before = version(&world, subject).await;
        add(&world, subject, 5, at(0)).await;
        assert_eq!(version(&world, subject).await, before);
    }

    async fn adding_neither_falls_below_nothing_nor_rises_above_what_may_be(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        assert_eq!(add(&world, subject, 5, at(0)).await, Added::NoCredits);
        set(&world, subject, Some(plain(5)), at(0)).await;
        for (amount, wanted) in [
            (3, Added::Balance(plain(8))),
            (-2, Added::Balance(plain(6))),
            (-100, Added::Balance(plain(0))),
            (i64::MIN, Added::Balance(plain(0))),
            (i64::MAX, Added::TooMany),
            (1 << 53, Added::Balance(plain(AMOUNT_MAX))),
            (1, Added::TooMany),
            (-1, Added::Balance(plain(AMOUNT_MAX - 1))),
        ] {
            assert_eq!(add(&world, subject, amount, at(0)).await, wanted, "{amount}");
        }
        assert_eq!(find(&world, subject, at(0)).await, Some(plain(AMOUNT_MAX - 1)));
        set(&world, subject, None, at(0)).await;
        assert_eq!(add(&world, subject, 5, at(0)).await, Added::NoCredits);
    }

    async fn a_refill_fills_up_at_the_beginning_of_a_period_and_once_after_several(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let monthly = |remaining| Some(refilled(remaining, 100, Period::Month));
        set(&world, subject, monthly(7), day("2027-01-31T12:00:00Z")).await;
        for (now, remaining) in [
            ("2027-01-01T00:00:00Z", 7),
            ("2027-01-31T23:59:59Z", 7),
            ("2027-02-01T00:00:00Z", 100),
            ("2028-02-29T12:00:00Z", 100),
        ] {
            assert_eq!(find(&world, subject, day(now)).await, monthly(remaining), "{now}");
        }
        let taken = add(&world, subject, -30, day("2027-06-15T00:00:00Z")).await;
        assert_eq!(taken, Added::Balance(monthly(70).unwrap()));
        assert_eq!(find(&world, subject, day("2027-06-30T23:59:59Z")).await, monthly(70));
        assert_eq!(find(&world, subject, day("2027-05-31T00:00:00Z")).await, monthly(70), "a clock behind");
        assert_eq!(find(&world, subject, day("2027-07-01T00:00:00Z")).await, monthly(100));
        let more = add(&world, subject, 500, day("2027-07-02T00:00:00Z")).await;
        assert_eq!(more, Added::Balance(monthly(600).unwrap()));
        assert_eq!(find(&world, subject, day("2027-09-01T00:00:00Z")).await, monthly(600), "what is above stays");
    }

    async fn a_refill_follows_its_anchor_through_short_months(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let anchor = Some(day("2027-12-31T08:00:00Z"));
        let credits = |remaining| Credits {
            refill: Some(Refill { amount: 10, period: Period::Month, anchor }),
            ..plain(remaining)
        };
        set(&world, subject, Some(credits(0)), day("2028-01-31T08:00:00Z")).await;
        for (now, remaining) in [
            ("2028-02-29T07:59:59Z", 0),
            ("2028-02-29T08:00:00Z", 10),
        ] {
            assert_eq!(find(&world, subject, day(now)).await, Some(credits(remaining)), "{now}");
        }
        add(&world, subject, -10, day("2028-02-29T08:00:00Z")).await;
        for (now, remaining) in [("2028-03-31T07:59:59Z", 0), ("2028-03-31T08:00:00Z", 10)] {
            assert_eq!(find(&world, subject, day(now)).await, Some(credits(remaining)), "{now}");
        }
    }

    async fn a_project_that_moves_to_another_time_zone_gets_no_refill_twice(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let daily = |remaining| Some(refilled(remaining, 10, Period::Day));
        move_to(&world, "Europe/Berlin").await;
        set(&world, subject, daily(0), day("2027-01-10T12:00:00Z")).await;
        assert_eq!(find(&world, subject, day("2027-01-10T22:59:59Z")).await, daily(0));
        assert_eq!(find(&world, subject, day("2027-01-10T23:00:00Z")).await, daily(10));
        add(&world, subject, -10, day("2027-01-10T23:00:00Z")).await;
        move_to(&world, "UTC").await;
        assert_eq!(find(&world, subject, day("2027-01-11T00:00:00Z")).await, daily(0));
        assert_eq!(find(&world, subject, day("2027-01-11T23:30:00Z")).await, daily(0));
        assert_eq!(find(&world, subject, day("2027-01-12T00:00:00Z")).await, daily(10));
    }

    async fn credits_go_with_their_key_and_belong_to_their_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let key = world.key();
        world.insert_key(&key, &[]).await;
        let subject = Subject::ApiKey(key.id);
        set(&world, subject, Some(plain(5)), at(0)).await;
        assert_eq!(find(&other, subject, at(0)).await, None);
        assert_eq!(add(&other, subject, 5, at(0)).await, Added::NoCredits);
        let organization = Subject::Organization(OrganizationId::from_uuid(uuid()));
        for nobody in [subject, Subject::ApiKey(ApiKeyId::from_uuid(uuid())), organization] {
            for credits in [Some(plain(1)), None] {
                let mut tx = other.begin().await;
                let refused = tx.credits(&other.scope).set(nobody, credits, at(0)).await;
                assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
            }
        }
        assert_eq!(find(&world, subject, at(0)).await, Some(plain(5)));
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).delete(&key).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(world.count("credits").await, 0);
    }

    async fn a_balance_that_cannot_be_is_corrupt_and_not_an_empty_one(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        set(&world, subject, Some(refilled(5, 5, Period::Day)), at(0)).await;
        for (change, column) in [
            ("remaining = -1", "remaining"),
            ("remaining = 5, refill_period = 'YEAR'", "refill_period"),
            ("refill_period = NULL", "refill_period"),
        ] {
            execute(&world.store, &format!("UPDATE credits SET {change}")).await;
            let error = world.read().await.credits(&world.scope).find(subject, at(0)).await.unwrap_err();
            let wanted = format!("credits row {}: column {column} is corrupt", subject.uuid());
            assert_eq!(error.to_string(), wanted);
        }
    }
}
