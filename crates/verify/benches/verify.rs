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
use lockwork_verify::{FeedPosition, Index, Presented, Words, serialise};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use uuid::Uuid;

const PREFIX: &str = "acme_sk_";
const TOKEN_BYTES: usize = PREFIX.len() + 55;
const ORGANIZATIONS: u64 = 100_000;
fn organizations() -> u64 { static O: std::sync::OnceLock<u64> = std::sync::OnceLock::new(); *O.get_or_init(|| env("ORGS", 100_000) as u64) }
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
        bytes.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]));
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
        organization: OrganizationId::from_uuid(id(2, number % organizations())),
        hash: hasher.hash(&secret(number, prefix)),
        state: KeyState::Active,
        expires_at: (random % 4 == 0).then(|| Timestamp::from_micros(NOW.as_micros() + 1 + (random >> 32) as i64)),
        display_name: format!("service key {number}"),
        grants: Grants { roles: vec![RoleId::from_uuid(id(4, number % organizations() % ROLES))], actions: vec![] },
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
                black_box((key.id, key.organization));
            }
            lookup.verdict(Some(REQUIRED)).unwrap()
        });
        assert_eq!(code, expected);
    })
}

fn parts(tokens: &Tokens, share: usize) -> [f64; 4] {
    let checksum = Checksum::of_prefix(PREFIX);
    let hasher = SecretHasher::default();
    let decode = |token: &str| KeyBytes::decode(token.as_bytes().last_chunk().unwrap()).unwrap();
    [
        timed(tokens, share, |token| _ = black_box(token)),
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
    index.upsert_project(ProjectFacts { id: project, api_keys_enabled: true, prefix: Some(prefix.clone()), prefixes });
    let nouns = ["widgets", "users", "orders", "reports"];
    let names = nouns.iter().flat_map(|noun| ["create", "delete", "read", "update"].map(|verb| format!("acme.{noun}.{verb}")));
    let actions: Vec<_> = (0..)
        .zip(names)
        .map(|(number, name)| ActionFacts { id: ActionId::from_uuid(id(3, number)), name: name.parse().unwrap() })
        .collect();
    let read = actions.iter().find(|action| action.name.as_str() == REQUIRED).unwrap().id;
    index.set_actions(project, actions.clone()).unwrap();
    for role in 0..ROLES {
        let some = actions.iter().map(|action| action.id).filter(|action| id(role, 0).as_u128() >> (action.uuid().as_u64_pair().1) & 1 == 1);
        index.upsert_role(RoleFacts { id: RoleId::from_uuid(id(4, role)), actions: some.chain([read]).collect() }).unwrap();
    }
    for number in 0..organizations() {
        let organization = OrganizationId::from_uuid(id(2, number));
        index.upsert_organization(OrganizationFacts { id: organization, project, api_keys_enabled: true }).unwrap();
    }
    let mut took = Duration::ZERO;
    for start in (0..keys).step_by(100_000) {
        let facts: Vec<_> = (start..keys.min(start + 100_000)).map(|number| key_facts(number, prefix, &hasher)).collect();
        let begun = Instant::now();
        facts.iter().for_each(|facts| index.upsert_key(facts).unwrap());
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


    let knobs: Vec<usize> = std::env::var("KNOBS").unwrap().split(',').map(|k| k.parse().unwrap()).collect();
    let mut f: Vec<Vec<f64>> = vec![vec![]; knobs.len() * 2];
    let mut fl = vec![];
    for round in 0..rounds {
        let share = round * SHARE;
        fl.push(floor(&present, share, &table));
        for (i, k) in knobs.iter().enumerate() {
            lockwork_verify::KNOB.store(*k, Relaxed);
            f[2*i].push(verify(&present, share, &index, project, Code::Valid));
            f[2*i+1].push(verify(&absent, share, &index, project, Code::NotFound));
        }
    }
    let fm = median(fl.clone());
    println!("floor {fm:.1} min {:.1}", fl.iter().copied().fold(f64::MAX, f64::min));
    for (i, k) in knobs.iter().enumerate() {
        println!("knob {k:3}: hit {:.1} miss {:.1}  min {:.1} {:.1}", median(f[2*i].clone()), median(f[2*i+1].clone()), f[2*i].iter().copied().fold(f64::MAX, f64::min), f[2*i+1].iter().copied().fold(f64::MAX, f64::min));
    }
    let p = parts(&present, 0); println!("{p:?}");
}
