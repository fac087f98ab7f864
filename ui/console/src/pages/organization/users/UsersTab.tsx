import { Badge, Button, Empty, Icon, SearchBox, Table, TimeAgo, usePaged } from "@lockwork/kit";
import { useState } from "react";
import { backend, call } from "../../../data/api";
import { useMayWrite } from "../../../data/staff";
import type { User } from "../../../data/types";
import { useOrganization } from "../context";
import { InviteDialog } from "./InviteDialog";
import { Invites } from "./Invites";
import { UserMenu } from "./UserMenu";

export function UsersTab() {
  const { id: organizationId } = useOrganization();
  const mayWrite = useMayWrite();
  const [search, setSearch] = useState("");
  const [inviting, setInviting] = useState(false);
  const users = usePaged(["users", organizationId, search], async (pageToken) => {
    const query = { organizationId, search: search || undefined, pageToken, pageSize: 20 };
    const answer = await call(backend.GET("/v1/users", { params: { query } }));
    return { rows: answer.users ?? [], nextPageToken: answer.nextPageToken };
  });
  const empty = search ? (
    `Nobody is called “${search}”.`
  ) : (
    <Empty title="Nobody is here yet" icon="person">
      Invite the customer's first person as an owner. They can invite everybody else.
    </Empty>
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <div className="flex flex-wrap justify-between gap-3">
        <SearchBox label="Search people" value={search} onValue={setSearch} />
        {mayWrite && (
          <Button kind="main" icon={<Icon name="plus" />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        )}
      </div>
      <Table
        label="People"
        {...users}
        rowKey={({ id }) => id}
        empty={empty}
        columns={[
          { title: "Person", cell: (user) => <Person user={user} /> },
          {
            title: "Standing",
            from: "sm",
            cell: ({ owner }) => <Badge tone={owner ? "accent" : "plain"}>{owner ? "Owner" : "Member"}</Badge>,
          },
          { title: "Joined", from: "md", cell: ({ createTime }) => <TimeAgo time={createTime} /> },
          { title: "Actions", actions: true, cell: (user) => (mayWrite ? <UserMenu user={user} /> : null) },
        ]}
      />
      <Invites organizationId={organizationId} />
      {inviting && <InviteDialog organizationId={organizationId} onClose={() => setInviting(false)} />}
    </div>
  );
}

function Person({ user: { displayName, email, owner } }: { user: User }) {
  return (
    <div className="min-w-0">
      <p className="font-medium break-all">{displayName || email}</p>
      {displayName && <p className="text-sm break-all text-quiet">{email}</p>}
      {owner && <p className="text-sm text-accent sm:hidden">Owner</p>}
    </div>
  );
}
