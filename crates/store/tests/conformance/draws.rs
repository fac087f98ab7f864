use crate::credits::{day, find, key, move_to, plain, refilled, set};
use crate::fixtures::{World, at, follow, number, uuid};
use lockwork_model::calendar::Period;
use lockwork_model::ids::ApiKeyId;
use lockwork_model::limits::{Account, Credits, Subject};
use lockwork_model::time::Timestamp;
use lockwork_store::draws::{DrawRequest, Drawn, QuotaTerms, Unspent};
use lockwork_store::feed::Feed;
use lockwork_testkit::on_both;
use std::collections::HashMap;

fn credits_of(subject: Subject) -> Account {
    Account { subject, quota: None }
}

fn quota_of(subject: Subject, name: &str) -> Account {
    Account { subject, quota: name.parse().ok() }
}

fn terms(limit: u64, period: Period) -> Option<QuotaTerms> {
    Some(QuotaTerms { limit, period, anchor: None })
}

async fn draw_all(world: &World, requests: &[DrawRequest]) -> Vec<Drawn> {
    let mut tx = world.begin().await;
    let mut all = Vec::new();
    for request in requests {
        all.push(tx.system().draw(request).await.unwrap());
    }
    tx.commit_unaudited(at(0)).await.unwrap();
    all
}

async fn draw(
    world: &World,
    account: &Account,
    needed: u64,
    quota: Option<QuotaTerms>,
    now: Timestamp,
) -> Drawn {
    draw_all(world, &[DrawRequest { account: account.clone(), needed, quota, now }]).await[0]
}

async fn give_back(world: &World, account: &Account, amount: u64, version: i64) {
    let mut tx = world.begin().await;
    tx.system().give_back(&[Unspent { account: account.clone(), amount, version }]).await.unwrap();
    tx.commit_unaudited(at(0)).await.unwrap();
}

on_both! {
    async fn credits_are_drawn_in_blocks_that_shrink_and_never_below_nothing(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let account = credits_of(subject);
        let mut feed = Feed::now(&world.store).await.unwrap();
        set(&world, subject, Some(Credits { block_size: 11, ..plain(100) }), at(0)).await;
        follow(&mut feed, &world.store).await;
        let version = world.read().await.credits_versions(&[subject]).await.unwrap()[0].1.unwrap();
        for (needed, amount, left) in [(1, 11, 89), (0, 10, 79), (60, 64, 15), (20, 0, 15), (10, 11, 4), (4, 4, 0), (1, 0, 0), (0, 0, 0)] {
            let drawn = draw(&world, &account, needed, None, at(0)).await;
            let wanted = Drawn { amount, left, version, valid_until: None, resets_at: None, missing: false };
            assert_eq!(drawn, wanted, "{needed}");
            assert_eq!(find(&world, subject, at(0)).await.unwrap().remaining, left);
        }
        assert_eq!(follow(&mut feed, &world.store).await, []);
    }

    async fn blocks_of_one_take_what_is_needed_and_no_more(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = Subject::Organization(world.organization.id);
        set(&world, subject, Some(plain(5)), at(0)).await;
        for (needed, amount, left) in [(1, 1, 4), (3, 3, 1), (2, 0, 1), (1, 1, 0)] {
            let drawn = draw(&world, &credits_of(subject), needed, None, at(0)).await;
            assert_eq!((drawn.amount, drawn.left), (amount, left));
        }
    }

    async fn a_refill_that_is_due_comes_before_the_draw_and_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let account = credits_of(subject);
        set(&world, subject, Some(refilled(2, 10, Period::Month)), day("2028-01-31T23:00:00Z")).await;
        for (now, needed, amount, left, reset) in [
            ("2028-01-31T23:00:00Z", 2, 2, 0, "2028-02-01T00:00:00Z"),
            ("2028-01-31T23:59:59Z", 1, 0, 0, "2028-02-01T00:00:00Z"),
            ("2028-02-29T23:59:59Z", 4, 4, 6, "2028-03-01T00:00:00Z"),
            ("2028-02-29T23:59:59Z", 6, 6, 0, "2028-03-01T00:00:00Z"),
            ("2028-02-01T00:00:00Z", 1, 0, 0, "2028-03-01T00:00:00Z"),
            ("2029-07-15T00:00:00Z", 11, 0, 10, "2029-08-01T00:00:00Z"),
            ("2029-07-15T00:00:00Z", 10, 10, 0, "2029-08-01T00:00:00Z"),
            ("2029-07-31T23:59:59Z", 1, 0, 0, "2029-08-01T00:00:00Z"),
        ] {
            let drawn = draw(&world, &account, needed, None, day(now)).await;
            assert_eq!((drawn.amount, drawn.left), (amount, left), "{now}");
            assert_eq!(drawn.resets_at, Some(day(reset)), "{now}");
        }
    }

    async fn what_was_drawn_under_an_older_version_is_not_given_back(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let account = credits_of(subject);
        set(&world, subject, Some(plain(100)), at(0)).await;
        let old = draw(&world, &account, 10, None, at(0)).await;
        give_back(&world, &account, 4, old.version).await;
        assert_eq!(find(&world, subject, at(0)).await, Some(plain(94)));
        set(&world, subject, Some(plain(50)), at(0)).await;
        give_back(&world, &account, 6, old.version).await;
        assert_eq!(find(&world, subject, at(0)).await, Some(plain(50)));
        let drawn = draw(&world, &account, 1, None, at(0)).await;
        assert!(drawn.version > old.version);
        set(&world, subject, None, at(0)).await;
        give_back(&world, &account, 1, drawn.version).await;
        assert!(draw(&world, &account, 1, None, at(0)).await.missing);
        assert_eq!(number(&world.store, "SELECT COUNT(*) FROM credits WHERE remaining IS NULL").await, 1);
    }

    async fn nobody_draws_from_an_account_that_is_not_there(db: TestDatabase) {
        let world = World::of(&db).await;
        let here = key(&world).await;
        let gone = Subject::ApiKey(ApiKeyId::from_uuid(uuid()));
        for (account, quota) in [
            (credits_of(here), None),
            (credits_of(gone), None),
            (quota_of(gone, "daily"), terms(10, Period::Day)),
            (quota_of(here, "daily"), None),
        ] {
            let drawn = draw(&world, &account, 1, quota, at(0)).await;
            assert_eq!(drawn, Drawn { missing: true, ..Drawn::default() }, "{account:?}");
            give_back(&world, &account, 1, 0).await;
        }
        assert_eq!(world.count("quota_usage").await, 0);
    }

    async fn a_quota_allows_its_limit_in_each_period_and_tells_when_it_ends(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let account = quota_of(subject, "monthly");
        for (now, needed, amount, left, end) in [
            ("2028-01-31T23:59:59Z", 50, 50, 50, "2028-02-01T00:00:00Z"),
            ("2028-01-31T23:59:59Z", 51, 0, 50, "2028-02-01T00:00:00Z"),
            ("2028-01-31T23:59:59Z", 50, 50, 0, "2028-02-01T00:00:00Z"),
            ("2028-02-01T00:00:00Z", 100, 100, 0, "2028-03-01T00:00:00Z"),
            ("2028-02-29T23:59:59Z", 1, 0, 0, "2028-03-01T00:00:00Z"),
            ("2028-03-01T00:00:00Z", 1, 1, 99, "2028-04-01T00:00:00Z"),
            ("2028-12-31T23:59:59Z", 101, 0, 100, "2029-01-01T00:00:00Z"),
        ] {
            let drawn = draw(&world, &account, needed, terms(100, Period::Month), day(now)).await;
            assert_eq!((drawn.amount, drawn.left, drawn.missing), (amount, left, false), "{now}");
            assert_eq!((drawn.valid_until, drawn.resets_at), (Some(day(end)), Some(day(end))), "{now}");
        }
        assert_eq!(draw(&world, &quota_of(subject, "other"), 7, terms(7, Period::Month), at(0)).await.amount, 7);
        let shared = quota_of(Subject::Organization(world.organization.id), "monthly");
        assert_eq!(draw(&world, &shared, 9, terms(9, Period::Month), at(0)).await.amount, 9);
    }

    async fn a_large_quota_is_drawn_in_hundredths_of_at_most_a_thousand(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        for (name, limit, amount) in
            [("a", 99, 1), ("b", 199, 1), ("c", 1_000, 10), ("d", 1 << 53, 1_000), ("e", 1, 1)]
        {
            let drawn = draw(&world, &quota_of(subject, name), 1, terms(limit, Period::Day), at(0)).await;
            assert_eq!((drawn.amount, drawn.left), (amount, limit - amount), "{limit}");
        }
    }

    async fn a_node_whose_clock_is_behind_draws_from_the_period_that_another_began(db: TestDatabase) {
        let world = World::of(&db).await;
        let account = quota_of(key(&world).await, "daily");
        let (before, after) = (day("2027-03-09T23:59:59Z"), day("2027-03-10T00:00:00Z"));
        let ahead = draw(&world, &account, 6, terms(10, Period::Day), after).await;
        let behind = draw(&world, &account, 4, terms(10, Period::Day), before).await;
        assert_eq!((ahead.amount, behind.amount, behind.left), (6, 4, 0));
        assert_eq!((behind.version, behind.valid_until), (ahead.version, ahead.valid_until));
        for now in [before, after] {
            assert_eq!(draw(&world, &account, 1, terms(10, Period::Day), now).await.amount, 0);
        }
    }

    async fn other_terms_count_at_once_and_on_with_what_they_share(db: TestDatabase) {
        let world = World::of(&db).await;
        let account = quota_of(key(&world).await, "requests");
        let now = day("2027-03-10T12:00:00Z");
        let amounts = async |needed, limit, period, now| {
            let drawn = draw(&world, &account, needed, terms(limit, period), now).await;
            (drawn.amount, drawn.left, drawn.valid_until)
        };
        let (tomorrow, april) = (Some(day("2027-03-11T00:00:00Z")), Some(day("2027-04-01T00:00:00Z")));
        let first = draw(&world, &account, 8, terms(10, Period::Day), now).await;
        assert_eq!(amounts(5, 10, Period::Day, now).await, (0, 2, tomorrow));
        assert_eq!(amounts(5, 20, Period::Day, now).await, (5, 7, tomorrow), "a larger limit");
        assert_eq!(amounts(1, 12, Period::Day, now).await, (0, 0, tomorrow), "a smaller one");
        assert_eq!(amounts(5, 20, Period::Month, now).await, (5, 2, april), "the month begins with the day");
        let last = draw(&world, &account, 2, terms(20, Period::Month), day("2027-03-31T23:59:59Z")).await;
        assert_eq!((last.amount, last.version), (2, first.version));
        assert_eq!(amounts(1, 20, Period::Month, day("2027-03-31T23:59:59Z")).await, (0, 0, april));
        let next = draw(&world, &account, 1, terms(20, Period::Month), day("2027-04-01T00:00:00Z")).await;
        assert_eq!(next.amount, 1);
        assert!(next.version > first.version);
        let daily = draw(&world, &account, 1, terms(5, Period::Day), day("2027-04-02T00:00:00Z")).await;
        assert_eq!((daily.amount, daily.left), (1, 4));
        assert!(daily.version > next.version);
    }

    async fn days_are_those_of_the_project_s_time_zone_also_after_it_moved(db: TestDatabase) {
        let world = World::of(&db).await;
        let account = quota_of(key(&world).await, "daily");
        let end = async |now| draw(&world, &account, 1, terms(10, Period::Day), day(now)).await;
        move_to(&world, "America/New_York").await;
        let short = end("2027-03-14T12:00:00Z").await;
        assert_eq!(short.valid_until, Some(day("2027-03-15T04:00:00Z")), "a day of 23 hours");
        assert_eq!(short.version, day("2027-03-14T05:00:00Z").as_micros());
        move_to(&world, "Asia/Tokyo").await;
        let moved = end("2027-03-14T12:00:00Z").await;
        assert_eq!((moved.left, moved.version), (8, short.version), "the day that was begun is counted on");
        assert_eq!(moved.valid_until, Some(day("2027-03-14T15:00:00Z")));
        assert_eq!(end("2027-03-14T15:00:00Z").await.left, 9);
    }

    async fn a_quota_s_periods_may_begin_at_an_anchor(db: TestDatabase) {
        let world = World::of(&db).await;
        let account = quota_of(key(&world).await, "monthly");
        let anchor = Some(day("2027-10-31T10:00:00Z"));
        let quota = Some(QuotaTerms { limit: 1, period: Period::Month, anchor });
        for (now, amount, end) in [
            ("2028-02-29T09:59:59Z", 1, "2028-02-29T10:00:00Z"),
            ("2028-02-29T10:00:00Z", 1, "2028-03-31T10:00:00Z"),
            ("2028-03-31T09:59:59Z", 0, "2028-03-31T10:00:00Z"),
            ("2028-03-31T10:00:00Z", 1, "2028-04-30T10:00:00Z"),
        ] {
            let drawn = draw(&world, &account, 1, quota, day(now)).await;
            assert_eq!((drawn.amount, drawn.valid_until), (amount, Some(day(end))), "{now}");
        }
    }

    async fn a_quota_is_given_back_in_its_own_period_alone(db: TestDatabase) {
        let world = World::of(&db).await;
        let account = quota_of(key(&world).await, "daily");
        let (today, tomorrow) = (day("2027-03-10T12:00:00Z"), day("2027-03-11T12:00:00Z"));
        let drawn = draw(&world, &account, 10, terms(10, Period::Day), today).await;
        give_back(&world, &account, 3, drawn.version).await;
        assert_eq!(draw(&world, &account, 3, terms(10, Period::Day), today).await.amount, 3);
        draw(&world, &account, 10, terms(10, Period::Day), tomorrow).await;
        give_back(&world, &account, 7, drawn.version).await;
        assert_eq!(draw(&world, &account, 1, terms(10, Period::Day), tomorrow).await.amount, 0);
        let version = draw(&world, &account, 0, terms(10, Period::Day), tomorrow).await.version;
        give_back(&world, &account, 1_000, version).await;
        let all = draw(&world, &account, 10, terms(10, Period::Day), tomorrow).await;
        assert_eq!((all.amount, all.left), (10, 0), "never more than the limit");
    }

    async fn eight_nodes_at_once_never_draw_more_than_there_is(db: TestDatabase) {
        let world = World::of(&db).await;
        let subject = key(&world).await;
        let organization = Subject::Organization(world.organization.id);
        set(&world, subject, Some(Credits { block_size: 5, ..plain(300) }), at(0)).await;
        set(&world, organization, Some(plain(150)), at(0)).await;
        let mut accounts = [credits_of(subject), quota_of(subject, "daily"), credits_of(organization), quota_of(organization, "daily")];
        accounts.sort();
        let node = |number: i64| {
            let (store, accounts) = (world.store.clone(), accounts.clone());
            tokio::spawn(async move {
                let mut spent: HashMap<(Account, i64), u64> = HashMap::new();
                for _ in 0..20 {
                    let mut tx = store.begin().await.unwrap();
                    for account in &accounts {
                        let quota = account.quota.as_ref().and(terms(200, Period::Day));
                        // The nodes' clocks differ, across midnight too.
                        let midnight = day("2027-03-10T00:00:00Z").as_micros();
                        let now = Timestamp::from_micros(midnight + (number - 4) * 1_000_000);
                        let request = DrawRequest { account: account.clone(), needed: 3, quota, now };
                        let drawn = tx.system().draw(&request).await.unwrap();
                        let given = drawn.amount.min(1);
                        let unspent = Unspent { account: account.clone(), amount: given, version: drawn.version };
                        tx.system().give_back(&[unspent]).await.unwrap();
                        *spent.entry((account.clone(), drawn.version)).or_default() += drawn.amount - given;
                    }
                    tx.commit_unaudited(at(0)).await.unwrap();
                }
                spent
            })
        };
        let nodes: Vec<_> = (0..8).map(node).collect();
        let mut spent: HashMap<(Account, i64), u64> = HashMap::new();
        for node in nodes {
            for (account, own) in node.await.unwrap() {
                *spent.entry(account).or_default() += own;
            }
        }
        let second_day = day("2027-03-10T00:00:00Z").as_micros();
        for ((account, version), spent) in spent {
            if account.quota.is_some() {
                assert!(spent <= 200, "{account:?} at {version}: {spent}");
                assert!(spent >= 198 || version < second_day, "{account:?} at {version}: {spent}");
            } else {
                let granted = if account.subject == subject { 300 } else { 150 };
                let left = find(&world, account.subject, at(0)).await.unwrap().remaining;
                assert_eq!(spent + left, granted, "{account:?}");
                assert!(left < 3, "{account:?}: {left}");
            }
        }
    }
}
