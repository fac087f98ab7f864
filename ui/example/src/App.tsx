import { ApiKeys, useAccessToken, useHasPermission, useOrganization, useUser } from "@lockwork/kit/react";

/** A product of its own, with the API keys of its customers in it. */
export function App() {
  const user = useUser();
  const organization = useOrganization();
  const may = useHasPermission();
  const token = useAccessToken();
  return (
    <main>
      <h1>Acme</h1>
      <p>
        {user.displayName ?? user.email} of {organization.displayName} may{" "}
        {may("acme.invoices.write") ? "write" : "not write"} invoices.
      </p>
      <p>The backend is sent a token of {token.split(".").length} parts.</p>
      <h2>API keys</h2>
      <ApiKeys />
    </main>
  );
}
