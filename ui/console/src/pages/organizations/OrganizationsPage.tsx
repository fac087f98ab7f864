import { Badge, Button, Empty, Icon, Link, Page, SearchBox, Table, TimeAgo, usePaged } from "@lockwork/kit";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { backend, call } from "../../data/api";
import { useMayWrite } from "../../data/staff";
import type { Organization } from "../../data/types";
import { CreateOrganizationDialog } from "./CreateOrganizationDialog";

const route = getRouteApi("/organizations");

const COLUMNS = [
  {
    title: "Name",
    cell: (row: Organization) => (
      <Link href={`/organizations/${row.id}`} className="break-words">
        {row.displayName || "Untitled organization"}
      </Link>
    ),
  },
  {
    title: "API keys",
    cell: (row: Organization) => (
      <Badge tone={row.apiKeysEnabled ? "good" : "plain"}>{row.apiKeysEnabled ? "On" : "Off"}</Badge>
    ),
  },
  {
    title: "Sign-in",
    from: "sm" as const,
    cell: (row: Organization) =>
      row.loginsDisabled ? <Badge tone="bad">Closed</Badge> : <span className="text-quiet">Open</span>,
  },
  { title: "Created", from: "md" as const, cell: (row: Organization) => <TimeAgo time={row.createTime} /> },
];

const rowKey = (row: Organization) => row.id;

export function OrganizationsPage() {
  const { search = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMayWrite();
  const [creating, setCreating] = useState(false);
  const create = mayWrite && (
    <Button kind="main" icon={<Icon name="plus" />} onClick={() => setCreating(true)}>
      Create organization
    </Button>
  );
  return (
    <Page
      title="Organizations"
      hint="Your customers: each with people, API keys and roles of its own."
      actions={create}
    >
      <SearchBox
        label="Search by name"
        value={search}
        onValue={(text) => void navigate({ search: text ? { search: text } : {}, replace: true })}
      />
      <Found search={search} />
      {creating && <CreateOrganizationDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

/** The organizations with this in their name, in capitals or not; all without one. */
function Found({ search }: { search: string }) {
  const paged = usePaged(["organizations", "page", search], async (pageToken) => {
    const query = { search: search || undefined, pageToken, pageSize: 20, orderBy: "displayName" };
    const answer = await call(backend.GET("/v1/organizations", { params: { query } }));
    return { rows: answer.organizations ?? [], nextPageToken: answer.nextPageToken };
  });
  const empty = search ? (
    `No organization has “${search}” in its name.`
  ) : (
    <Empty title="No organizations yet" icon="team">
      An organization is a customer of yours. Create one, or let people make theirs when they sign up.
    </Empty>
  );
  return <Table label="Organizations" columns={COLUMNS} rowKey={rowKey} expect={8} empty={empty} {...paged} />;
}
