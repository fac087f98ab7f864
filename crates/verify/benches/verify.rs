//! What a verification costs beside its floor: one SHA-256 and one dependent access to memory.
//!
//! `KEYS` sets the number of keys (default 10,000,000), `ROUNDS` the rounds (default 9, medians are reported),
//! `BENCH_OUT` a file for the figures as JSON, `IMAGE_DIR` where the image is written (default: the temporary
//! directory). All parts of a round run one after the other in the same process, so that noise of the machine
//! meets all of them.

use lockwork_model::checksum::Checksum;
use lockwork_model::entropy::Entropy;
use lockwork_model::ids::*;
use lockwork_model::secrets::*;
use lockwork_model::time::Timestamp;
use lockwork_model::verification::*;
use lockwork_verify::{FeedPosition, Index, NameBuffer, Presented, Words, serialise};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use uuid::Uuid;

const PREFIX: &str = "acme_sk_";
const TOKEN_BYTES: usize = PREFIX.len() + 55;
const ORGANIZATIONS: u64 = 100_000;
const ROLES: u64 = 40;
const REQUIRED: &str = "acme.widgets.read";
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
        state: KeyState::Active,
        expires_at: random
            .is_multiple_of(4)
            .then(|| Timestamp::from_micros(NOW.as_micros() + 1 + (random >> 32) as i64)),
        display_name: format!("service key {number}"),
        grants: Grants {
            roles: vec![RoleId::from_uuid(id(4, number % ORGANIZATIONS % ROLES))],
            actions: vec![],
        },
    }
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
            lookup.verdict(Some(REQUIRED)).unwrap()
        });
        assert_eq!(code, expected);
    })
}

/// The same with everything that an answer shows: two more accesses to memory that depend on the first.
fn answer(tokens: &Tokens, share: usize, index: &Index, project: ProjectId) -> f64 {
    let mut buffer = NameBuffer::default();
    timed(tokens, share, |token| {
        index.find(project, token, NOW, |lookup| {
            if let Presented::Found(key) = &lookup.presented {
                black_box((key.id, key.organization(), key.display_name(&mut buffer)));
            }
            black_box(lookup.verdict(Some(REQUIRED)).unwrap())
        });
    })
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
    let index = Index::with_capacity(hasher.clone(), keys as usize);
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
    for number in 0..ORGANIZATIONS {
        let organization = OrganizationId::from_uuid(id(2, number));
        index
            .upsert_organization(OrganizationFacts { id: organization, project, api_keys_enabled: true })
            .unwrap();
    }
    let mut took = Duration::ZERO;
    for start in (0..keys).step_by(100_000) {
        let facts: Vec<_> =
            (start..keys.min(start + 100_000)).map(|number| key_facts(number, prefix, &hasher)).collect();
        let begun = Instant::now();
        index.upsert_keys(&facts).unwrap();
        took += begun.elapsed();
    }
    (index, took)
}

fn main() {
    let keys = env("KEYS", 10_000_000) as u64;
    let rounds = env("ROUNDS", 9).max(1);
    let prefix: KeyPrefix = PREFIX.parse().unwrap();
    let project = ProjectId::from_uuid(id(1, 1));
    let (index, load) = build(keys, &prefix, project);
    assert_eq!(index.len(), keys);
    let memory = index.memory();
    let slots = memory.records_bytes / 40;
    println!("{keys} keys, {ORGANIZATIONS} organizations, loaded from facts in {load:.2?}");

    let mut random = Seeded(99);
    let present = Tokens::of((0..rounds * SHARE).map(|_| random.next() % keys), &prefix);
    let absent = Tokens::of((0..rounds * SHARE).map(|at| keys + at as u64), &prefix);
    let table = Words::zeroed((memory.records_bytes + slots * 8) as usize / 8).expect("memory for the floor");
    table.iter().step_by(512).for_each(|word| word.store(0, Relaxed));

    let mut figures = [const { Vec::new() }; 9];
    for round in 0..rounds {
        let share = round * SHARE;
        let [hash, decode, checksum] = parts(&present, share);
        let both = std::thread::scope(|scope| {
            let index = &index;
            let (present, other) = (&present, (round + 1) % rounds * SHARE);
            let second = scope.spawn(move || verify(present, other, index, project, Code::Valid));
            (verify(present, share, index, project, Code::Valid) + second.join().unwrap()) / 2.0
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
        ];
        figures.iter_mut().zip(round).for_each(|(figures, figure)| figures.push(figure));
    }
    let ratio = median(figures[1].iter().zip(&figures[0]).map(|(ours, floor)| ours / floor).collect());
    let miss_ratio = median(figures[2].iter().zip(&figures[7]).map(|(ours, floor)| ours / floor).collect());
    let [floor, hit, miss, both, hash, decode, checksum, _, answer] = figures.map(median);

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
        let (again, _) =
            Index::read_image(&mut std::fs::File::open(&path).unwrap(), SecretHasher::default()).unwrap();
        let took = begun.elapsed().as_secs_f64();
        assert_eq!(again.len(), keys);
        verify(&present, 0, &again, project, Code::Valid);
        took
    });
    let image_read = median(image_reads.collect());
    std::fs::remove_file(&path).unwrap();

    let per_key = |bytes: u64| bytes as f64 / keys as f64;
    let (record, names) = (per_key(memory.records_bytes + slots * 8), per_key(memory.names_bytes));
    println!("floor: SHA-256 and one memory access   {floor:7.1} ns");
    println!("find and verdict, existing keys        {hit:7.1} ns   {ratio:.3} x floor");
    println!("find and verdict, unknown keys         {miss:7.1} ns   {miss_ratio:.3} x floor");
    println!("and with organization and name         {answer:7.1} ns   {:.3} x floor", answer / floor);
    println!("verdicts on two threads, existing keys {both:7.1} ns");
    println!(
        "parts: decode and hash {hash:.1} ns, decode {decode:.1} ns, decode and checksum {checksum:.1} ns"
    );
    println!("memory per key: {record:.2} bytes with a limiter word, names apart {names:.2} bytes");
    println!(
        "image: {image_bytes} bytes, written in {:.2} s, read in {image_read:.2} s",
        image_write.as_secs_f64()
    );
    if let Some(path) = std::env::var_os("BENCH_OUT") {
        let json = format!(
            "{{\n  \"keys\": {keys},\n  \"organizations\": {ORGANIZATIONS},\n  \"rounds\": {rounds},\n  \"floor_ns\": {floor:.1},\n  \"verify_ns\": {hit:.1},\n  \"verify_ratio\": {ratio:.3},\n  \"answer_ns\": {answer:.1},\n  \"miss_ns\": {miss:.1},\n  \"miss_ratio\": {miss_ratio:.3},\n  \"two_threads_ns\": {both:.1},\n  \"bytes_per_key\": {record:.2},\n  \"name_bytes_per_key\": {names:.2},\n  \"load_seconds\": {:.3},\n  \"image_bytes\": {image_bytes},\n  \"image_write_seconds\": {:.3},\n  \"image_read_seconds\": {image_read:.3}\n}}\n",
            load.as_secs_f64(),
            image_write.as_secs_f64(),
        );
        std::fs::write(path, json).expect("BENCH_OUT");
    }
}
