import { Card, Facts, Form, lines, TextArea, toast } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../../data/api";
import { useMayWrite } from "../../../data/staff";

type Domains = Record<(typeof FIELDS)[number]["field"], string[]>;

const FIELDS = [
  { field: "domains", label: "E-mail domains", hint: "The organization's own, one a line: globex.example." },
  {
    field: "googleHostedDomains",
    label: "Google Workspace domains",
    hint: "Whoever signs in with Google from one of these may join.",
  },
  {
    field: "microsoftTenantIds",
    label: "Microsoft Entra tenants",
    hint: "Their ids. Whoever signs in with Microsoft from one of these may join.",
  },
] as const;

async function saveField(organizationId: string, field: keyof Domains, values: string[]) {
  const params = { params: { path: { organizationId } } };
  const root = "/v1/organizations/{organizationId}";
  switch (field) {
    case "domains":
      return call(backend.PATCH(`${root}/domains`, { ...params, body: { domains: values } }));
    case "googleHostedDomains":
      return call(backend.PATCH(`${root}/google-hosted-domains`, { ...params, body: { googleHostedDomains: values } }));
    case "microsoftTenantIds":
      return call(backend.PATCH(`${root}/microsoft-tenant-ids`, { ...params, body: { microsoftTenantIds: values } }));
  }
}

/** Where an organization's people come from. */
export function DomainsCard({ organizationId, domains }: { organizationId: string; domains: Domains }) {
  const mayWrite = useMayWrite();
  const text = (field: keyof Domains) => domains[field].join("\n");
  const [texts, setTexts] = useState({
    domains: text("domains"),
    googleHostedDomains: text("googleHostedDomains"),
    microsoftTenantIds: text("microsoftTenantIds"),
  });
  const changed = FIELDS.filter(({ field }) => lines(texts[field]).join("\n") !== text(field));
  const save = async () => {
    for (const { field } of changed) await saveField(organizationId, field, lines(texts[field]));
    await renew(["organization", organizationId, "domains"]);
    toast("The domains were saved.");
  };
  return (
    <Card title="Domains">
      {mayWrite ? (
        <Form submit="Save" onSubmit={save} disabled={!changed.length}>
          {FIELDS.map(({ field, label, hint }) => (
            <TextArea
              key={field}
              label={label}
              hint={hint}
              className="max-w-md"
              rows={2}
              mono
              spellCheck={false}
              autoCapitalize="none"
              value={texts[field]}
              onValue={(value) => setTexts({ ...texts, [field]: value })}
            />
          ))}
        </Form>
      ) : (
        <Facts facts={FIELDS.map(({ field, label }) => [label, domains[field].join(", ") || "None"] as const)} />
      )}
    </Card>
  );
}
