//! What makes the pages a project's own, from the Backend API to the pages' host.

use crate::pages_host;
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

const JPEG: &str = "data:image/jpeg;base64,/9j/";
/// All of it is text.
const WEBP: &str = "data:image/webp;base64,UklGRgAAAABXRUJQ";
const SVG: &str = "data:image/svg+xml;base64,PHN2Zy8+";

async fn change(test: &TestApp, body: Value) -> Value {
    test.client.patch("/v1/project/branding", body).await.ok()["branding"].clone()
}

async fn style(test: &TestApp) -> String {
    test.nobody().at(&pages_host(test).await).get("/branding.css").await.text
}

on_both! {
    async fn a_project_begins_without_branding_and_keeps_what_it_is_given(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let plain = json!({ "branding": { "detectDarkModeEnabled": true, "logInLayout": "CENTERED" } });
        assert_eq!(test.client.get("/v1/project/branding").await.ok(), plain);
        assert_eq!(style(&test).await, "html:root {\n}\n");

        let changed = change(&test, json!({
            "primary_color": "#FFee00", "darkModePrimaryColor": "#88aaff", "detectDarkModeEnabled": false,
            "logInLayout": "SIDE_BY_SIDE", "logo": JPEG, "dark_mode_logo": SVG, "favicon": JPEG,
        })).await;
        assert_eq!((&changed["primaryColor"], &changed["darkModePrimaryColor"]), (&json!("#ffee00"), &json!("#88aaff")));
        assert_eq!((&changed["logo"], &changed["darkModeLogo"], &changed["favicon"]), (&json!(JPEG), &json!(SVG), &json!(JPEG)));
        assert_eq!((&changed["detectDarkModeEnabled"], &changed["logInLayout"]), (&json!(false), &json!("SIDE_BY_SIDE")));
        assert_eq!(test.client.get("/v1/project/branding").await.ok()["branding"], changed);
        let preview = test.client.get("/v1/project/branding/preview?primaryColor=%23ffee00&dark_mode_primary_color=%2388aaff").await;
        assert_eq!(preview.ok()["palette"], changed["palette"]);
        assert_eq!(test.client.get("/v1/project/branding/preview").await.ok(), json!({}));

        let css = style(&test).await;
        assert!(css.contains("color-scheme: light;") && css.contains("--brand: light-dark(#ffee00, #88aaff);"), "{css}");

        // What is absent or empty stays, `null` clears.
        let same = json!({ "primaryColor": "", "logInLayout": "", "logo": "", "detectDarkModeEnabled": null });
        assert_eq!(change(&test, same).await, changed);
        let cleared = change(&test, json!({ "branding": { "darkModePrimaryColor": null, "logo": null } })).await;
        assert_eq!((cleared.get("darkModePrimaryColor"), cleared.get("logo")), (None, None));
        assert_eq!((&cleared["primaryColor"], &cleared["favicon"]), (&json!("#ffee00"), &json!(JPEG)));
    }

    async fn whoever_opens_the_pages_sees_it(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let host = pages_host(&test).await;
        let pages = test.nobody().at(&host);
        let settings = async || pages.get("/api/intermediate/v1/settings").await.ok()["settings"].clone();
        let plain = settings().await;
        assert_eq!((&plain["logInLayout"], &plain["detectDarkModeEnabled"]), (&json!("CENTERED"), &json!(true)));
        assert_eq!((plain.get("logoUrl"), plain.get("primaryColor")), (None, None));
        let _ = pages.get("/branding/logo").await.refused(404, "not_found");
        let icon = pages.get("/branding/favicon").await;
        assert_eq!(icon.headers["content-type"], "image/svg+xml");
        assert!(icon.text.contains(">A</text>"), "{}", icon.text);

        change(&test, json!({ "primaryColor": "#2244cc", "logo": WEBP, "darkModeLogo": SVG })).await;
        let shown = settings().await;
        assert_eq!(shown["primaryColor"], "#2244cc");
        for (field, slug, content_type) in
            [("logoUrl", "logo", "image/webp"), ("darkModeLogoUrl", "dark-mode-logo", "image/svg+xml")]
        {
            let path = format!("/branding/{slug}");
            assert_eq!(shown[field], format!("http://{host}{path}"));
            let picture = pages.get(&path).await;
            assert_eq!((picture.status.as_u16(), &picture.headers["content-type"]), (200, &content_type.parse().unwrap()));
            assert_eq!(picture.headers["x-content-type-options"], "nosniff");
            let policy = picture.headers["content-security-policy"].to_str().unwrap();
            assert_eq!(policy, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
            let tag = picture.headers["etag"].as_bytes().to_vec();
            assert_eq!(pages.with_header("if-none-match", &tag).get(&path).await.status, 304);
        }
        for path in ["/branding/", "/branding/logo/x", "/branding/logO", "/branding/..%2Flogo"] {
            let _ = pages.get(path).await.refused(404, "not_found");
        }
        // The console has its own face.
        let console = test.nobody().at("console.localhost");
        assert_eq!(console.get("/branding.css").await.text, "html:root {\n}\n");
        let _ = console.get("/branding/logo").await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn what_is_no_colour_no_layout_or_no_picture_is_refused_by_its_field_and_changes_nothing() {
    let test = TestApp::new().await;
    let before = change(&test, json!({ "primaryColor": "#2244cc", "logo": JPEG })).await;
    let large = format!("data:image/png;base64,iVBORw0KGgo{}", "A".repeat(90_000));
    for (body, field) in [
        (json!({ "primaryColor": "blue" }), "primaryColor"),
        (json!({ "primaryColor": "#2244c" }), "primaryColor"),
        (json!({ "darkModePrimaryColor": "#2244ccff", "primaryColor": "#000000" }), "darkModePrimaryColor"),
        (json!({ "logInLayout": "centered" }), "logInLayout"),
        (json!({ "logo": "https://example.com/logo.png" }), "logo"),
        (json!({ "logo": "data:image/png;base64,????" }), "logo"),
        (json!({ "logo": "data:image/png,abc" }), "logo"),
        (json!({ "darkModeLogo": "data:text/html;base64,PGh0bWw+" }), "darkModeLogo"),
        (json!({ "favicon": "data:image/png;base64,PGh0bWw+" }), "favicon"),
        (json!({ "favicon": large, "primaryColor": "#000000" }), "favicon"),
    ] {
        let answer = test.client.patch("/v1/project/branding", body.clone()).await;
        let problem = answer.refused(400, "invalid_argument");
        assert!(problem.starts_with(field), "{body}: {problem}");
    }
    let query = "/v1/project/branding/preview?primaryColor=2244cc";
    let problem = test.client.get(query).await.refused(400, "invalid_argument");
    assert!(problem.starts_with("primaryColor"), "{problem}");
    assert_eq!(test.client.get("/v1/project/branding").await.ok()["branding"], before);
}
