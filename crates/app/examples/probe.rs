use lockwork_app::*;
use lockwork_model::time::SystemClock;
use lockwork_store::{DatabaseUrl, Store};
use std::sync::Arc;
use std::time::{Duration, Instant};
#[tokio::main]
async fn main() {
    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let url = match std::env::args().nth(2) {
        Some(u) if u.starts_with("postgres") => DatabaseUrl::parse(&u).unwrap(),
        Some(d) => {
            std::fs::create_dir_all(&d).unwrap();
            DatabaseUrl::sqlite_in(d.as_ref())
        }
        None => panic!(),
    };
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let options = Options {
        master_key: MasterKey::from_bytes([7; 32]),
        pepper: None,
        root_domain: "localhost".into(),
        max_staleness: Duration::from_secs(60),
        when_stale: WhenStale::Answer,
        poll_interval: Duration::from_millis(200),
        image_path: Some("/tmp/probe.image".into()),
    };
    let app = App::open(store.clone(), options, Arc::new(SystemClock), Box::new(SystemEntropy::default()))
        .await
        .unwrap();
    app.initialize("x").await.unwrap();
    let have = store.read().await.unwrap().count_keys().await.unwrap();
    if have < n {
        let t = Instant::now();
        app.seed(
            &SeedSpec { organizations: n / 100 + 1, keys: n - have, action: "a.b.c".into() },
            &mut |_| {},
            &mut |m| {
                if m % 1_000_000 == 0 {
                    eprintln!("{m} {:?}", t.elapsed())
                }
            },
        )
        .await
        .unwrap();
        println!("seed {:?}", t.elapsed());
    }
    let t = Instant::now();
    let mut c = 0u64;
    store.each_key_grant(lockwork_store::snapshot::key_ranges(1)[0], |_, _| c += 1).await.unwrap();
    println!("plain grants {c} {:?}", t.elapsed());
    let t = Instant::now();
    let mut c = 0u64;
    store
        .each_key(lockwork_store::snapshot::key_ranges(1)[0], |_| Default::default(), |_| c += 1)
        .await
        .unwrap();
    println!("plain keys {c} {:?}", t.elapsed());
    let _ = std::fs::remove_file("/tmp/probe.image");
    println!("{:?}", app.load_index(|_| {}).await.unwrap());
    app.write_image().await.unwrap();
    println!("{:?}", app.load_index(|_| {}).await.unwrap());
    println!("{:?}", app.index().memory());
}
