import { Card, Facts, Form, Input, toast } from "@lockwork/kit";
import { useState } from "react";
import { useMayWrite } from "../../data/staff";
import type { Project } from "../../data/types";
import { updateProject, useProject } from "./context";

const REDIRECTS = [
  {
    field: "redirectUri",
    label: "After signing in or up",
    hint: "Where nothing else is said. On a trusted domain, with https, or http on localhost.",
  },
  { field: "afterLoginRedirectUri", label: "After signing in", hint: "Another place than the one above." },
  { field: "afterSignupRedirectUri", label: "After signing up", hint: "Another place than the first one." },
] as const;

type Redirects = Record<(typeof REDIRECTS)[number]["field"], string>;

const redirectsOf = (project: Project): Redirects => ({
  redirectUri: project.redirectUri ?? "",
  afterLoginRedirectUri: project.afterLoginRedirectUri ?? "",
  afterSignupRedirectUri: project.afterSignupRedirectUri ?? "",
});

/** Where people go when they are signed in. */
export function RedirectsCard() {
  const saved = redirectsOf(useProject());
  const mayWrite = useMayWrite();
  const [redirects, setRedirects] = useState(saved);
  const changed = REDIRECTS.filter(({ field }) => redirects[field].trim() !== saved[field]);
  const save = async () => {
    await updateProject(Object.fromEntries(changed.map(({ field }) => [field, redirects[field].trim() || null])));
    toast("The redirects were saved.");
  };
  return (
    <Card title="Redirects" hint="Where people go when they are done. Without any they stay on the pages.">
      {mayWrite ? (
        <Form submit="Save" onSubmit={save} disabled={!changed.length}>
          {REDIRECTS.map(({ field, label, hint }) => (
            <Input
              key={field}
              label={label}
              hint={hint}
              optional
              type="url"
              className="max-w-xl"
              value={redirects[field]}
              onValue={(value) => setRedirects({ ...redirects, [field]: value })}
              placeholder="https://app.example.com"
            />
          ))}
        </Form>
      ) : (
        <Facts facts={REDIRECTS.map(({ field, label }) => [label, saved[field] || "The pages"] as const)} />
      )}
    </Card>
  );
}
