import {
  Badge,
  Button,
  ConfirmDialog,
  data,
  Empty,
  type FrontendSchema,
  Icon,
  mayOf,
  Menu,
  Page,
  SearchBox,
  Table,
  TimeAgo,
  toast,
  useApi,
  usePaged,
  useSession,
} from "@lockwork/kit";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { InviteDialog } from "./InviteDialog";
import { Invites } from "./Invites";
import { MemberRoles } from "./MemberRoles";

type User = FrontendSchema["User"];
type Doing = { what: "roles" | "owner" | "remove"; user: User };

const route = getRouteApi("/organization/members");

export function MembersPage() {
  const api = useApi();
  const queries = useQueryClient();
  const session = useSession();
  const { search } = route.useSearch();
  const navigate = route.useNavigate();
  const [inviting, setInviting] = useState(false);
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const { owner, id: me } = session.user;
  const paged = usePaged(["users", "list", search ?? ""], async (pageToken) => {
    const query = { search, pageToken, pageSize: 20 };
    const page = await data(api.frontend.GET("/api/frontend/v1/users", { params: { query } }));
    return { rows: page.users ?? [], nextPageToken: page.nextPageToken };
  });
  const setOwner = async (user: User) => {
    await api.frontend.PATCH("/api/frontend/v1/users/{id}", {
      params: { path: { id: user.id } },
      body: { owner: !user.owner },
    });
    await queries.invalidateQueries({ queryKey: user.id === me ? ["session"] : ["users"] });
  };
  const remove = async (user: User) => {
    await api.frontend.DELETE("/api/frontend/v1/users/{id}", { params: { path: { id: user.id } } });
    toast(`${nameOf(user)} is removed`);
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <Page
      title="Members"
      actions={
        mayOf(session).invites && (
          <Button kind="main" icon={<Icon name="plus" />} onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        )
      }
    >
      <SearchBox
        label="Search by name or e-mail"
        value={search ?? ""}
        onValue={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
      />
      <Table
        label="Members"
        {...paged}
        rowKey={({ id }) => id}
        empty={<Empty title="Nobody fits" icon="search" />}
        columns={[
          {
            title: "Member",
            cell: (user) => (
              <div className="min-w-0">
                <p className="font-medium break-all">
                  {nameOf(user)}
                  {user.id === me && <span className="font-normal text-quiet"> (you)</span>}
                </p>
                {user.displayName && <p className="text-sm break-all text-quiet">{user.email}</p>}
                {user.owner && <p className="text-sm text-accent sm:hidden">Owner</p>}
              </div>
            ),
          },
          {
            title: "Standing",
            from: "sm",
            cell: (user) => (user.owner ? <Badge tone="accent">Owner</Badge> : <Badge>Member</Badge>),
          },
          { title: "Joined", from: "sm", cell: ({ createTime }) => <TimeAgo time={createTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (user) => (
              <Menu
                label={`Actions for ${nameOf(user)}`}
                items={[
                  { label: "Roles…", onSelect: () => setDoing({ what: "roles", user }) },
                  owner && {
                    label: user.owner ? "Make a member…" : "Make an owner…",
                    onSelect: () => setDoing({ what: "owner", user }),
                  },
                  owner &&
                    user.id !== me && {
                      label: "Remove…",
                      danger: true,
                      onSelect: () => setDoing({ what: "remove", user }),
                    },
                ]}
              />
            ),
          },
        ]}
      />
      <Invites mayChange={owner} />
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {doing?.what === "roles" && (
        <MemberRoles user={doing.user} name={nameOf(doing.user)} mayChange={owner} onClose={close} />
      )}
      {doing?.what === "owner" && (
        <ConfirmDialog
          harmless={!doing.user.owner}
          title={doing.user.owner ? `Make ${nameOf(doing.user)} a member?` : `Make ${nameOf(doing.user)} an owner?`}
          confirm={doing.user.owner ? "Make a member" : "Make an owner"}
          onConfirm={() => setOwner(doing.user)}
          onClose={close}
        >
          {doing.user.owner
            ? "They look, and may do what their roles allow. An organization always keeps an owner."
            : "Owners manage people, roles, API keys and how people sign in."}
        </ConfirmDialog>
      )}
      {doing?.what === "remove" && (
        <ConfirmDialog
          title={`Remove ${nameOf(doing.user)}?`}
          confirm="Remove"
          typed={doing.user.email}
          onConfirm={() => remove(doing.user)}
          onClose={close}
        >
          They are signed out at once, and their own API keys stop working.
        </ConfirmDialog>
      )}
    </Page>
  );
}

const nameOf = ({ displayName, email }: User) => displayName || email;
