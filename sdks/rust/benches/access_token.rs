//! What the verification of an access token costs: with its signature, and when the token was seen before. The
//! configuration is fetched once, from a server that then ends: nothing measured here can be a network call.
//!
//! `ROUNDS` sets the rounds (default 9, medians are reported), `BENCH_OUT` a file for the figures as JSON. The parts of a
//! round run one after the other in the same process, so that noise of the machine meets all of them.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork::{Client, SecretToken};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use tokio::runtime::Runtime;

/// Tokens of one round, few enough for the client to remember them all.
const SHARE: usize = 200;
/// Uses of each remembered token in one round.
const USES: usize = 20;
const NOW: u64 = 1_800_000_000;
const HEADER: &str = r#"{"kid":"session_signing_key_2yj1tqgy3x1y8k1b0nq6ynv0l","alg":"ES256"}"#;
const VAULT: &str = "project-54vwf0clhh0caqe20eujxgpeq.example.com";

/// A token as long as usual ones: ids of full length, three actions.
fn token(number: usize, key: &SigningKey) -> SecretToken {
    let claims = format!(
        r#"{{"iss":"https://{VAULT}","aud":"https://{VAULT}","sub":"user_7crtwcuoufft2sbv6t3zk2kxd","exp":{},"nbf":{NOW},"iat":{NOW},"session":{{"id":"session_{number:025}"}},"user":{{"id":"user_7crtwcuoufft2sbv6t3zk2kxd","email":"ada@example.com","displayName":"Ada Lovelace"}},"organization":{{"id":"org_c07mn4m95d0y443zarb4oq0zl","displayName":"Acme"}},"actions":["acme.widgets.create","acme.widgets.delete","acme.widgets.read"]}}"#,
        NOW + 300
    );
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let signature: Signature = key.sign(signed.as_bytes());
    SecretToken::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
}

/// A client that knows the key, from a server that answered once.
fn client(runtime: &Runtime, point: &[u8], first: &SecretToken) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let [x, y] = [&point[1..33], &point[33..]].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let body = format!(
        r#"{{"projectId":"project_54vwf0clhh0caqe20eujxgpeq","vaultDomain":"{VAULT}","keys":[{{"kid":"session_signing_key_2yj1tqgy3x1y8k1b0nq6ynv0l","kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}]}}"#
    );
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
    });
    let client = Client::builder(url, "tesseral_secret_key_of_the_bench")
        .publishable_key("publishable_key_0qo01898k369ncxc05oyyn8qn")
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
        .build()
        .unwrap();
    runtime.block_on(client.verify_access_token(first)).unwrap();
    server.join().unwrap();
    client
}

/// Nanoseconds per verification.
fn verified(runtime: &Runtime, client: &Client, tokens: &[SecretToken], uses: usize) -> f64 {
    runtime.block_on(async {
        let start = Instant::now();
        for _ in 0..uses {
            for token in tokens {
                black_box(client.verify_access_token(token).await.unwrap());
            }
        }
        start.elapsed().as_nanos() as f64 / (tokens.len() * uses) as f64
    })
}

/// Nanoseconds for each of `SHARE * USES` calls.
fn timed(mut each: impl FnMut()) -> f64 {
    let start = Instant::now();
    (0..SHARE * USES).for_each(|_| each());
    start.elapsed().as_nanos() as f64 / (SHARE * USES) as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let rounds = std::env::var("ROUNDS").map_or(9, |rounds| rounds.parse().expect("ROUNDS")).max(1);
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = client(&runtime, &point, &token(usize::MAX, &key));

    // What no verification can do without: the hash of as many bytes, and the signature alone.
    let text = vec![b'a'; 840];
    let signature: Signature = key.sign(&text);
    let signature = signature.to_bytes();
    let public_key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);

    let mut figures = [const { Vec::new() }; 4];
    for round in 0..rounds {
        let tokens: Vec<_> = (0..SHARE).map(|at| token(round * SHARE + at, &key)).collect();
        let round = [
            timed(|| public_key.verify(black_box(&text), &signature).unwrap()),
            verified(&runtime, &client, &tokens, 1),
            timed(|| _ = black_box(digest(&SHA256, black_box(&text)))),
            verified(&runtime, &client, &tokens, USES),
        ];
        figures.iter_mut().zip(round).for_each(|(figures, figure)| figures.push(figure));
    }
    let [signature, first, hash, again] = figures.map(median);
    println!("the signature alone                {signature:9.0} ns");
    println!("an access token, the first time    {first:9.0} ns   {:.2} x the signature", first / signature);
    println!("SHA-256 of as many bytes           {hash:9.0} ns");
    println!("an access token, seen before       {again:9.0} ns   {:.2} x the hash", again / hash);
    if let Some(path) = std::env::var_os("BENCH_OUT") {
        let json = format!(
            "{{\n  \"rounds\": {rounds},\n  \"signature_ns\": {signature:.0},\n  \"first_ns\": {first:.0},\n  \"hash_ns\": {hash:.0},\n  \"again_ns\": {again:.0}\n}}\n"
        );
        std::fs::write(path, json).expect("BENCH_OUT");
    }
}
