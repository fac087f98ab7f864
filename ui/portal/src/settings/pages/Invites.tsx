import {
  Badge,
  ConfirmDialog,
  data,
  type FrontendSchema,
  Menu,
  Section,
  Table,
  TimeAgo,
  toast,
  useApi,
  usePaged,
} from "@lockwork/kit";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

type Invite = FrontendSchema["UserInvite"];

/** Who is invited and has not come yet. */
export function Invites({ mayChange }: { mayChange: boolean }) {
  const api = useApi();
  const queries = useQueryClient();
  const [taking, setTaking] = useState<Invite>();
  const paged = usePaged(["user-invites"], async (pageToken) => {
    const query = { pageToken, pageSize: 10 };
    const page = await data(api.frontend.GET("/api/frontend/v1/user-invites", { params: { query } }));
    return { rows: page.userInvites ?? [], nextPageToken: page.nextPageToken };
  });
  const takeBack = async ({ id, email }: Invite) => {
    await api.frontend.DELETE("/api/frontend/v1/user-invites/{id}", { params: { path: { id } } });
    toast(`${email} is not invited any more`);
    await queries.invalidateQueries({ queryKey: ["user-invites"] });
  };
  return (
    <Section title="Invitations" hint="Who has been invited and has not signed in yet.">
      <Table
        label="Invitations"
        {...paged}
        rowKey={({ id }) => id}
        expect={1}
        empty={<p className="text-quiet">No invitation is open.</p>}
        columns={[
          { title: "E-mail", cell: ({ email }) => <span className="break-all">{email}</span> },
          {
            title: "Standing",
            cell: ({ owner }) => (owner ? <Badge tone="accent">Owner</Badge> : <Badge>Member</Badge>),
          },
          { title: "Invited", from: "sm", cell: ({ updateTime }) => <TimeAgo time={updateTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (invite) => (
              <Menu
                label={`Actions for ${invite.email}`}
                items={[mayChange && { label: "Take back…", danger: true, onSelect: () => setTaking(invite) }]}
              />
            ),
          },
        ]}
      />
      {taking && (
        <ConfirmDialog
          title={`Take back the invitation of ${taking.email}?`}
          confirm="Take it back"
          onConfirm={() => takeBack(taking)}
          onClose={() => setTaking(undefined)}
        >
          They cannot join by it any more.
        </ConfirmDialog>
      )}
    </Section>
  );
}
