//! `/v1/organizations/{organizationId}/domains`, `…/google-hosted-domains` and `…/microsoft-tenant-ids`

use lockwork_testkit::TestApp;
use serde_json::{Value, json};

struct List {
    path: &'static str,
    envelope: &'static str,
    field: &'static str,
    /// Two legal entries in their normal form, sorted.
    entries: [&'static str; 2],
    /// The same two in other words, the other way round, one of them twice.
    written: [&'static str; 3],
    illegal: &'static [&'static str],
    problem: &'static str,
}

const LISTS: [List; 3] = [
    List {
        path: "domains",
        envelope: "organizationDomains",
        field: "domains",
        entries: ["a.example.com", "example.com"],
        written: ["Example.COM.", "A.example.com", "example.com"],
        illegal: &["", "localhost", "-a.example.com", "a b.com", "a@example.com", "ä.com", "a..com"],
        problem: "domains: must be a domain name such as example.com",
    },
    List {
        path: "google-hosted-domains",
        envelope: "organizationGoogleHostedDomains",
        field: "googleHostedDomains",
        entries: ["a.example.com", "example.com"],
        written: ["Example.COM.", "A.example.com", "example.com"],
        illegal: &["", "com", "*.example.com", "https://example.com"],
        problem: "googleHostedDomains: must be a domain name such as example.com",
    },
    List {
        path: "microsoft-tenant-ids",
        envelope: "organizationMicrosoftTenantIds",
        field: "microsoftTenantIds",
        entries: ["0c83134e-b2b9-4216-b57b-6dce610275ff", "cacb398c-454f-447c-9f61-8394f2309f81"],
        written: [
            "CACB398C-454F-447C-9F61-8394F2309F81",
            "0c83134e-b2b9-4216-b57b-6dce610275ff",
            "cacb398c454f447c9f618394f2309f81",
        ],
        illegal: &["", "example.com", "cacb398c"],
        problem: "microsoftTenantIds: must be the tenant's uuid",
    },
];

impl List {
    fn path(&self, organization: &str) -> String {
        format!("/v1/organizations/{organization}/{}", self.path)
    }

    fn shown(&self, organization: &str, entries: &[&str]) -> Value {
        let mut list = json!({ "organizationId": organization });
        if !entries.is_empty() {
            list[self.field] = json!(entries);
        }
        json!({ (self.envelope): list })
    }
}

#[tokio::test]
async fn each_list_is_empty_at_first_and_replaced_whole_in_its_normal_form() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    for list in &LISTS {
        let path = list.path(&organization);
        assert_eq!(test.client.get(&path).await.ok(), list.shown(&organization, &[]));
        let shown = list.shown(&organization, &list.entries);
        assert_eq!(test.client.patch(&path, json!({ (list.field): list.written })).await.ok(), shown);
        assert_eq!(test.client.get(&path).await.ok(), shown);
        let [first, _] = list.entries;
        let one = list.shown(&organization, &[first]);
        assert_eq!(
            test.client.patch(&path, json!({ (list.field): [first], "unheardOf": 1 })).await.ok(),
            one
        );
    }
    // No list touched another.
    for list in &LISTS {
        let [first, _] = list.entries;
        let path = list.path(&organization);
        assert_eq!(test.client.get(&path).await.ok(), list.shown(&organization, &[first]));
    }
}

#[tokio::test]
async fn a_list_is_emptied_by_an_empty_absent_or_null_list() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    for list in &LISTS {
        let path = list.path(&organization);
        for nothing in [json!({ (list.field): [] }), json!({}), json!({ (list.field): null })] {
            let _ = test.client.patch(&path, json!({ (list.field): list.entries })).await.ok();
            assert_eq!(test.client.patch(&path, nothing).await.ok(), list.shown(&organization, &[]));
        }
    }
}

#[tokio::test]
async fn an_illegal_entry_or_one_too_many_is_refused_and_changes_nothing() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    for list in &LISTS {
        let path = list.path(&organization);
        let _ = test.client.patch(&path, json!({ (list.field): list.entries })).await.ok();
        for illegal in list.illegal {
            let [first, _] = list.entries;
            let refused = test.client.patch(&path, json!({ (list.field): [first, illegal] })).await;
            assert_eq!(refused.refused(400, "invalid_argument"), list.problem, "{illegal}");
        }
        let many = vec![list.entries[0]; 101];
        let refused = test.client.patch(&path, json!({ (list.field): many })).await;
        let problem = format!("{}: must have at most 100 entries", list.field);
        assert_eq!(refused.refused(400, "invalid_argument"), problem);
        assert_eq!(test.client.get(&path).await.ok(), list.shown(&organization, &list.entries));
    }
}

#[tokio::test]
async fn the_lists_of_an_organization_that_is_not_there_are_not_found() {
    let test = TestApp::new().await;
    let unknown = "org_0000000000000000000000001";
    for list in &LISTS {
        let got = test.client.get(&list.path(unknown)).await.refused(404, "not_found");
        assert_eq!(got, "organization not found");
        let patched = test.client.patch(&list.path(unknown), json!({ (list.field): list.entries })).await;
        assert_eq!(patched.refused(404, "not_found"), "organization not found");
        let malformed = test.client.get(&list.path("customer")).await.refused(400, "invalid_argument");
        assert_eq!(malformed, "invalid organization id");
    }
}
