import { Card, CodeBlock, Link, Notice, Page, Select, Skeleton, Tabs } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Loaded } from "../../layout/Loaded";
import { queries } from "../../data/queries";
import { apiHostOf, type Snippet, snippets } from "./snippets";

/** The code that lets an app's requests in, with this project's values in it. */
export function ConnectPage() {
  const keys = useQuery(queries.publishableKeys());
  const [chosen, setChosen] = useState("");
  const [framework, setFramework] = useState("flask");
  const apiHost = apiHostOf(window.location.host);
  return (
    <Page
      title="Connect"
      hint="Put this into your backend, and every request needs a user's access token or an API key."
    >
      <Loaded query={keys} skeleton={<Skeleton className="h-96 rounded-xl" />}>
        {(keys) => {
          const publishableKey = keys.find(({ id }) => id === chosen) ?? keys[0];
          const all = snippets({ apiHost, publishableKey: publishableKey?.id ?? "publishable_key_…" });
          const snippet = all.find(({ id }) => id === framework) ?? all[0];
          return (
            <>
              {!publishableKey && (
                <Notice tone="warn">
                  This project has no publishable key yet. Make one under{" "}
                  <Link href="/developer-keys">Developer keys</Link>.
                </Notice>
              )}
              {keys.length > 1 && (
                <Select
                  label="Publishable key"
                  className="max-w-md"
                  options={keys.map(({ id, displayName }) => ({ value: id, label: displayName || id }))}
                  value={publishableKey?.id ?? ""}
                  onValue={setChosen}
                />
              )}
              <Tabs
                label="Framework"
                tabs={all.map(({ id, name }) => ({ id, label: name }))}
                current={framework}
                onCurrent={setFramework}
              >
                {snippet && <SnippetSteps key={snippet.id} snippet={snippet} />}
              </Tabs>
              <Card title="Without a framework">
                <p className="text-quiet">
                  Any program can ask about a key with{" "}
                  <code className="font-mono text-sm">POST /v1/api-keys/verify</code>. All calls are in the{" "}
                  <a
                    className="font-medium text-accent underline-offset-4 hover:underline"
                    href={`${window.location.protocol}//${apiHost}/docs`}
                    target="_blank"
                    rel="noopener"
                  >
                    reference
                  </a>
                  .
                </p>
              </Card>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function SnippetSteps({ snippet: { name, install, file, code, note } }: { snippet: Snippet }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {install && (
        <Step title="Install">
          <CodeBlock label={`Installing for ${name}`} text={install} />
        </Step>
      )}
      <Step title={`Add to ${file}`}>
        <CodeBlock label={`Code for ${name}`} text={code} />
      </Step>
      <Step title="Give it a Backend API key">
        <p className="text-quiet">
          In the environment, not in the code. <Link href="/developer-keys">Make one</Link> that may verify keys and
          nothing else.
        </p>
      </Step>
      {note && <Notice>{note}</Notice>}
      {window.location.protocol === "http:" && (
        <Notice tone="warn">
          The published SDKs insist on https. In development, start the server with{" "}
          <code className="font-mono text-sm">lockwork serve --tls-dev</code>, which makes a certificate authority of
          its own.
        </Notice>
      )}
    </div>
  );
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}
