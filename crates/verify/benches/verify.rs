//! What a verification costs beside its floor: one SHA-256 and one dependent access to memory.
//!
//! `KEYS` sets the number of keys (default 10,000,000), `ROUNDS` the rounds (default 9, medians are reported),
//! `BENCH_OUT` a file for the figures as JSON, `IMAGE_DIR` where the image is written (default: the temporary
//! directory). All parts of a round run one after the other in the same process, so that noise of the machine
//! meets all of them.

use lockwork_model::checksum::Checksum;
use lockwork_model::entropy::Entropy;
use lockwork_model::ids::*;
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::{Limit, LimitKind, Rate};
use lockwork_model::secrets::*;
use lockwork_model::time::{Tick, Timestamp};
use lockwork_model::verification::*;
use lockwork_verify::{
    Counter, FeedPosition, Index, Limiter, LimiterOptions, Presented, Rule, Take, Taken, Words, serialise,
};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use uuid::Uuid;

const PREFIX: &str = "acme_sk_";
const TOKEN_BYTES: usize = PREFIX.len() + 55;
const ORGANIZATIONS: u64 = 100_000;
/// Organizations of the keys with limits.
const LIMITED_ORGANIZATIONS: u64 = 1000;
const ROLES: u64 = 40;
const REQUIRED: &str = "acme.widgets.read";
const WINDOW: LimitKind = LimitKind::Rate(Rate::Window { seconds: 60 });
const BUCKET: LimitKind = LimitKind::Rate(Rate::Bucket { seconds: 60, burst: 1000 });
/// The limits of three kinds of keys that are there beside those without.
const LIMITS: [&[LimitKind]; 3] = [&[WINDOW], &[BUCKET], &[WINDOW, BUCKET, WINDOW, BUCKET]];
/// Keys of each of these kinds, all of them active.
const LIMITED: u64 = 300_000;
/// Limits whose memory is measured.
const ACTIVE: u64 = 1_000_000;
/// Tokens that one part of a round presents.
const SHARE: usize = 200_000;
const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes
            .chunks_mut(8)
            .for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]));
    }
}

fn secret(number: u64, prefix: &KeyPrefix) -> KeyBytes {
    KeyBytes::generate(prefix, &mut Seeded(number << 20))
}

fn id(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(Seeded(kind << 40 | number).next(), number)
}

fn key_facts(number: u64, prefix: &KeyPrefix, hasher: &SecretHasher) -> KeyFacts {
    let random = Seeded(number).next();
    KeyFacts {
        id: ApiKeyId::from_uuid(id(5, number)),
        organization: OrganizationId::from_uuid(id(2, number % ORGANIZATIONS)),
        hash: hasher.hash(&secret(number, prefix)),
        former: None,
        rotated: false,
        state: KeyState::Active,
        expires_at: random
            .is_multiple_of(4)
            .then(|| Timestamp::from_micros(NOW.as_micros() + 1 + (random >> 32) as i64)),
        display_name: format!("service key {number}"),
        external_id: None,
        metadata: None,
        grants: Grants {
            roles: vec![RoleId::from_uuid(id(4, number % ORGANIZATIONS % ROLES))],
            actions: vec![],
            rules: Rules::default(),
        },
    }
}

/// A key with the limits of a kind; `keys` have none.
fn limited_facts(keys: u64, kind: usize, number: u64, prefix: &KeyPrefix, hasher: &SecretHasher) -> KeyFacts {
    let mut facts = key_facts(keys + kind as u64 * LIMITED + number, prefix, hasher);
    facts.organization = OrganizationId::from_uuid(id(2, number % LIMITED_ORGANIZATIONS));
    let limit = |(number, &kind)| Limit {
        name: format!("limit-{number}").parse().unwrap(),
        limit: 1000,
        kind,
        only_when_named: false,
    };
    facts.grants.rules.limits = LIMITS[kind].iter().enumerate().map(limit).collect();
    facts
}

/// The texts of tokens, one behind the other.
struct Tokens(String);

impl Tokens {
    fn of(numbers: impl Iterator<Item = u64>, prefix: &KeyPrefix) -> Self {
        let mut text = String::new();
        numbers.for_each(|number| text.push_str(secret(number, prefix).to_secret(prefix).reveal()));
        Self(text)
    }

    fn get(&self, at: usize) -> &str {
        &self.0[at * TOKEN_BYTES..(at + 1) * TOKEN_BYTES]
    }
}

/// Nanoseconds per token.
fn timed(tokens: &Tokens, share: usize, mut each: impl FnMut(&str)) -> f64 {
    let start = Instant::now();
    for at in share..share + SHARE {
        each(tokens.get(at));
        serialise();
    }
    start.elapsed().as_nanos() as f64 / SHARE as f64
}

fn floor(tokens: &Tokens, share: usize, table: &Words) -> f64 {
    timed(tokens, share, |token| {
        let hash: [u8; 32] = Sha256::digest(&token.as_bytes()[..50]).into();
        let place = u64::from_be_bytes(hash[..8].try_into().unwrap());
        let place = (u128::from(place) * table.len() as u128) >> 64;
        black_box(table[place as usize].load(Relaxed));
    })
}

fn verify(tokens: &Tokens, share: usize, index: &Index, project: ProjectId, expected: Code) -> f64 {
    timed(tokens, share, |token| {
        let code = index.find(project, token, NOW, |lookup| {
            if let Presented::Found(key) = &lookup.presented {
                black_box(key.id);
            }
            lookup.verdict(Some(REQUIRED), None).unwrap()
        });
        assert_eq!(code, expected);
    })
}

/// The same with everything that an answer shows: two more accesses to memory that depend on the first.
fn answer(tokens: &Tokens, share: usize, index: &Index, project: ProjectId) -> f64 {
    let mut details = Vec::with_capacity(8192);
    timed(tokens, share, |token| {
        index.find(project, token, NOW, |lookup| {
            if let Presented::Found(key) = &lookup.presented {
                details.clear();
                key.write_details(&mut details);
                black_box((key.id, key.organization(), &details));
            }
            black_box(lookup.verdict(Some(REQUIRED), None).unwrap())
        });
    })
}

/// The same as [`verify`], and then all limits of the key.
fn limited(tokens: &Tokens, index: &Index, project: ProjectId, now: &mut u64) -> f64 {
    let nobody = Counter { home: 0, id: 1 };
    let none = Take::new(nobody, Rule::Lease, 0);
    timed(tokens, 0, |token| {
        *now += 1;
        let taken = index.find(project, token, NOW, |lookup| {
            assert_eq!(lookup.verdict(Some(REQUIRED), None), Ok(Code::Valid));
            let Presented::Found(key) = &lookup.presented else { unreachable!() };
            assert!(key.has_limits());
            let (mut takes, mut count) = ([none; 8], 0);
            key.each_limit(|bound| {
                let LimitKind::Rate(rate) = bound.limit.kind else { unreachable!() };
                takes[count] = Take::new(bound.counter, Rule::Rate { limit: bound.limit.limit, rate }, 1);
                count += 1;
            })
            .unwrap();
            index.limiter().take(black_box(&mut takes[..count]), Tick(*now), NOW)
        });
        assert_eq!(taken, Taken::All);
    })
}

/// Bytes of a limit that counts, for windows and for buckets.
fn bytes_per_limit() -> [f64; 2] {
    [WINDOW, BUCKET].map(|kind| {
        let LimitKind::Rate(rate) = kind else { unreachable!() };
        let limiter = limiter();
        let empty = limiter.memory().bytes;
        for number in 0..ACTIVE {
            let identifier = Identifier::new("", "customers", format!("customer-{number}")).unwrap();
            let counter = limiter.identifier_counter(ProjectId::from_uuid(id(1, 1)), &identifier, rate);
            let mut takes = [Take::new(counter, Rule::Rate { limit: 1000, rate }, 1)];
            assert_eq!(limiter.take(&mut takes, Tick(1), NOW), Taken::All);
        }
        let memory = limiter.memory();
        assert_eq!(memory.counters, ACTIVE);
        (memory.bytes - empty) as f64 / ACTIVE as f64
    })
}

fn limiter() -> Limiter {
    Limiter::new(LimiterOptions { seed: 1, counters_max: 100_000_000, nodes: 1 })
}

fn parts(tokens: &Tokens, share: usize) -> [f64; 3] {
    let checksum = Checksum::of_prefix(PREFIX);
    let hasher = SecretHasher::default();
    let decode = |token: &str| KeyBytes::decode(token.as_bytes().last_chunk().unwrap()).unwrap();
    [
        timed(tokens, share, |token| _ = black_box(hasher.hash(&decode(token)))),
        timed(tokens, share, |token| _ = black_box(decode(token))),
        timed(tokens, share, |token| _ = black_box(decode(token).checksum_holds(checksum))),
    ]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn env(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.replace('_', "").parse().expect(name))
}

fn build(keys: u64, prefix: &KeyPrefix, project: ProjectId) -> (Index, Duration) {
    let hasher = SecretHasher::default();
    let index = Index::with_capacity(hasher.clone(), Arc::new(limiter()), (keys + 3 * LIMITED) as usize);
    let prefixes = vec![prefix.clone()];
    index.upsert_project(ProjectFacts {
        id: project,
        api_keys_enabled: true,
        prefix: Some(prefix.clone()),
        prefixes,
    });
    let nouns = ["widgets", "users", "orders", "reports"];
    let names = nouns
        .iter()
        .flat_map(|noun| ["create", "delete", "read", "update"].map(|verb| format!("acme.{noun}.{verb}")));
    let actions: Vec<_> = (0..)
        .zip(names)
        .map(|(number, name)| ActionFacts {
            id: ActionId::from_uuid(id(3, number)),
            name: name.parse().unwrap(),
        })
        .collect();
    let read = actions.iter().find(|action| action.name.as_str() == REQUIRED).unwrap().id;
    index.set_actions(project, actions.clone()).unwrap();
    for role in 0..ROLES {
        let some = actions
            .iter()
            .map(|action| action.id)
            .filter(|action| id(role, 0).as_u128() >> (action.uuid().as_u64_pair().1) & 1 == 1);
        index
            .upsert_role(RoleFacts {
                id: RoleId::from_uuid(id(4, role)),
                actions: some.chain([read]).collect(),
            })
            .unwrap();
    }
    let organization = |number| OrganizationFacts {
        id: OrganizationId::from_uuid(id(2, number)),
        project,
        api_keys_enabled: true,
        rules: Rules::default(),
    };
    index.upsert_organizations((0..ORGANIZATIONS).map(organization).collect()).unwrap();
    let mut took = Duration::ZERO;
    for start in (0..keys).step_by(100_000) {
        let facts: Vec<_> =
            (start..keys.min(start + 100_000)).map(|number| key_facts(number, prefix, &hasher)).collect();
        let begun = Instant::now();
        index.upsert_keys(&facts).unwrap();
        took += begun.elapsed();
    }
    for kind in 0..LIMITS.len() {
        let facts: Vec<_> =
            (0..LIMITED).map(|number| limited_facts(keys, kind, number, prefix, &hasher)).collect();
        index.upsert_keys(&facts).unwrap();
    }
    (index, took)
}

fn main() {
    let keys = env("KEYS", 10_000_000) as u64;
    let rounds = env("ROUNDS", 9).max(1);
    let prefix: KeyPrefix = PREFIX.parse().unwrap();
    let project = ProjectId::from_uuid(id(1, 1));
    let (index, load) = build(keys, &prefix, project);
    let all_keys = keys + LIMITS.len() as u64 * LIMITED;
    assert_eq!(index.len(), all_keys);
    let memory = index.memory();
    let slots = memory.records_bytes / 40;
    println!("{keys} keys, {ORGANIZATIONS} organizations, loaded from facts in {load:.2?}");

    let mut random = Seeded(99);
    let present = Tokens::of((0..rounds * SHARE).map(|_| random.next() % keys), &prefix);
    let absent = Tokens::of((0..rounds * SHARE).map(|at| all_keys + at as u64), &prefix);
    let table = Words::zeroed((memory.records_bytes + slots * 8) as usize / 8).expect("memory for the floor");
    table.iter().step_by(512).for_each(|word| word.store(0, Relaxed));

    // Every limit counts already when it is measured.
    let (mut now, all) = (0, LIMITED as usize / SHARE + 1);
    for share in (0..all * LIMITS.len()).map(|share| share as u64) {
        let (kind, from) = (share / all as u64, share % all as u64 * SHARE as u64);
        let numbers = (from..from + SHARE as u64).map(|at| keys + kind * LIMITED + at % LIMITED);
        limited(&Tokens::of(numbers, &prefix), &index, project, &mut now);
    }

    let mut figures = [const { Vec::new() }; 12];
    for round in 0..rounds {
        let share = round * SHARE;
        let [hash, decode, checksum] = parts(&present, share);
        let both = std::thread::scope(|scope| {
            let index = &index;
            let (present, other) = (&present, (round + 1) % rounds * SHARE);
            let second = scope.spawn(move || verify(present, other, index, project, Code::Valid));
            (verify(present, share, index, project, Code::Valid) + second.join().unwrap()) / 2.0
        });
        let limits = [0, 1, 2].map(|kind| {
            let numbers = (0..SHARE).map(|_| keys + kind * LIMITED + random.next() % LIMITED);
            limited(&Tokens::of(numbers, &prefix), &index, project, &mut now)
        });
        let round = [
            floor(&present, share, &table),
            verify(&present, share, &index, project, Code::Valid),
            verify(&absent, share, &index, project, Code::NotFound),
            both,
            hash,
            decode,
            checksum,
            floor(&absent, share, &table),
            answer(&present, share, &index, project),
            limits[0],
            limits[1],
            limits[2],
        ];
        figures.iter_mut().zip(round).for_each(|(figures, figure)| figures.push(figure));
    }
    let ratio = median(figures[1].iter().zip(&figures[0]).map(|(ours, floor)| ours / floor).collect());
    let miss_ratio = median(figures[2].iter().zip(&figures[7]).map(|(ours, floor)| ours / floor).collect());
    let limit_ratios = [9, 10, 11].map(|row| {
        let row: &Vec<f64> = &figures[row];
        median(row.iter().zip(&figures[0]).map(|(ours, floor)| ours / floor).collect())
    });
    let [floor, hit, miss, both, hash, decode, checksum, _, answer, window, bucket, four] =
        figures.map(median);
    let [window_bytes, bucket_bytes] = bytes_per_limit();

    let path = std::env::var_os("IMAGE_DIR")
        .map_or_else(std::env::temp_dir, Into::into)
        .join("lockwork-bench-index.image");
    let mut file = std::fs::File::create(&path).unwrap();
    let begun = Instant::now();
    index.write_image(&mut file, &FeedPosition(vec![7])).unwrap();
    let image_write = begun.elapsed();
    drop((file, index));
    let image_bytes = std::fs::metadata(&path).unwrap().len();
    let image_reads = (0..3).map(|_| {
        let begun = Instant::now();
        let (again, _) = Index::read_image(
            &mut std::fs::File::open(&path).unwrap(),
            SecretHasher::default(),
            Arc::new(limiter()),
        )
        .unwrap();
        let took = begun.elapsed().as_secs_f64();
        assert_eq!(again.len(), all_keys);
        verify(&present, 0, &again, project, Code::Valid);
        took
    });
    let image_read = median(image_reads.collect());
    std::fs::remove_file(&path).unwrap();

    let per_key = |bytes: u64| bytes as f64 / all_keys as f64;
    let (record, names) = (per_key(memory.records_bytes + slots * 8), per_key(memory.names_bytes));
    println!("floor: SHA-256 and one memory access   {floor:7.1} ns");
    println!("find and verdict, existing keys        {hit:7.1} ns   {ratio:.3} x floor");
    println!("find and verdict, unknown keys         {miss:7.1} ns   {miss_ratio:.3} x floor");
    println!("and with organization and name         {answer:7.1} ns   {:.3} x floor", answer / floor);
    let rows =
        [("one WINDOW limit   ", window), ("one BUCKET limit   ", bucket), ("four limits        ", four)];
    for ((name, row), ratio) in rows.iter().zip(limit_ratios) {
        println!("find, verdict and {name}  {row:7.1} ns   {ratio:.3} x floor");
    }
    println!("verdicts on two threads, existing keys {both:7.1} ns");
    println!(
        "parts: decode and hash {hash:.1} ns, decode {decode:.1} ns, decode and checksum {checksum:.1} ns"
    );
    println!("memory per key: {record:.2} bytes with a limiter word, names apart {names:.2} bytes");
    println!(
        "memory per active limit of a million: WINDOW {window_bytes:.1} bytes, BUCKET {bucket_bytes:.1} bytes"
    );
    println!(
        "image: {image_bytes} bytes, written in {:.2} s, read in {image_read:.2} s",
        image_write.as_secs_f64()
    );
    if let Some(path) = std::env::var_os("BENCH_OUT") {
        let json = format!(
            "{{\n  \"keys\": {keys},\n  \"organizations\": {ORGANIZATIONS},\n  \"rounds\": {rounds},\n  \"floor_ns\": {floor:.1},\n  \"verify_ns\": {hit:.1},\n  \"verify_ratio\": {ratio:.3},\n  \"answer_ns\": {answer:.1},\n  \"window_ns\": {window:.1},\n  \"window_ratio\": {:.3},\n  \"bucket_ns\": {bucket:.1},\n  \"bucket_ratio\": {:.3},\n  \"four_limits_ns\": {four:.1},\n  \"four_limits_ratio\": {:.3},\n  \"bytes_per_window\": {window_bytes:.1},\n  \"bytes_per_bucket\": {bucket_bytes:.1},\n  \"miss_ns\": {miss:.1},\n  \"miss_ratio\": {miss_ratio:.3},\n  \"two_threads_ns\": {both:.1},\n  \"bytes_per_key\": {record:.2},\n  \"name_bytes_per_key\": {names:.2},\n  \"load_seconds\": {:.3},\n  \"image_bytes\": {image_bytes},\n  \"image_write_seconds\": {:.3},\n  \"image_read_seconds\": {image_read:.3}\n}}\n",
            limit_ratios[0],
            limit_ratios[1],
            limit_ratios[2],
            load.as_secs_f64(),
            image_write.as_secs_f64(),
        );
        std::fs::write(path, json).expect("BENCH_OUT");
    }
}
