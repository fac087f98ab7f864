import { Badge, ConfirmDialog, Menu, Section, Table, TimeAgo, toast } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend, call, renew } from "../../../data/api";
import { failed } from "../../../data/failed";
import { queries } from "../../../data/queries";
import { useMayWrite } from "../../../data/staff";
import type { UserInvite } from "../../../data/types";

/** Invitations that nobody has taken up yet. */
export function Invites({ organizationId }: { organizationId: string }) {
  const mayWrite = useMayWrite();
  const invites = useQuery(queries.invites(organizationId));
  const [leaving, setLeaving] = useState<UserInvite>();
  if (!invites.error && !invites.data?.length) return null;
  const again = async ({ email, owner }: UserInvite) => {
    await call(
      backend.POST("/v1/user-invites", {
        params: { query: { sendEmail: true } },
        body: { organizationId, email, owner },
      }),
    );
    toast(`Another mail is on its way to ${email}.`);
  };
  const remove = async ({ id }: UserInvite) => {
    await call(backend.DELETE("/v1/user-invites/{id}", { params: { path: { id } } }));
    await renew(["invites", organizationId]);
  };
  return (
    <Section title="Invitations">
      <Table
        label="Invitations"
        rows={invites.data}
        error={invites.error}
        retry={() => void invites.refetch()}
        rowKey={({ id }) => id}
        empty="No invitations are open."
        columns={[
          { title: "E-mail", cell: ({ email }) => <span className="break-all">{email}</span> },
          {
            title: "Standing",
            from: "sm",
            cell: ({ owner }) => <Badge tone={owner ? "accent" : "plain"}>{owner ? "Owner" : "Member"}</Badge>,
          },
          { title: "Invited", from: "md", cell: ({ createTime }) => <TimeAgo time={createTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (invite) => (
              <Menu
                label={`Actions for ${invite.email}`}
                items={[
                  mayWrite && { label: "Send the mail again", onSelect: () => void again(invite).catch(failed) },
                  mayWrite && { label: "Withdraw…", danger: true, onSelect: () => setLeaving(invite) },
                ]}
              />
            ),
          },
        ]}
      />
      {leaving && (
        <ConfirmDialog
          title={`Withdraw the invitation of ${leaving.email}?`}
          confirm="Withdraw"
          onConfirm={() => remove(leaving)}
          onClose={() => setLeaving(undefined)}
        >
          They can no longer join by it. You can invite them again.
        </ConfirmDialog>
      )}
    </Section>
  );
}
