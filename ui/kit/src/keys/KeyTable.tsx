import { useState } from "react";
import type { ApiKey } from "../api/types";
import { Button } from "../ui/Button";
import { Select } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { Link } from "../ui/Link";
import { Menu } from "../ui/Menu";
import { usePaged } from "../ui/paged";
import { SearchBox } from "../ui/SearchBox";
import { Empty } from "../ui/states";
import { type Column, Table } from "../ui/Table";
import { TimeAgo } from "../ui/TimeAgo";
import { CreateKeyDialog } from "./CreateKeyDialog";
import { KeyScopes } from "./KeyScopes";
import { KeyState, STATES } from "./KeyState";
import { type KeyFilter, type KeySource, type KeyStateName, nameOf } from "./source";
import { useKeyActions } from "./useKeyActions";

const FILTERS: readonly { value: KeyStateName | "ALL"; label: string }[] = [
  { value: "ALL", label: "All states" },
  { value: "ACTIVE", label: STATES.ACTIVE.label },
  { value: "DISABLED", label: STATES.DISABLED.label },
  { value: "EXPIRED", label: STATES.EXPIRED.label },
  { value: "REVOKED", label: STATES.REVOKED.label },
];

interface KeyTableProps<Key extends ApiKey> {
  source: KeySource<Key>;
  filter: KeyFilter;
  onFilter: (filter: KeyFilter) => void;
  /** A column that says whose a key is, in the place of who made it. */
  whose?: Column<Key>;
}

/** The keys of an organization, or of several: to find, make and manage. */
export function KeyTable<Key extends ApiKey>({ source, filter, onFilter, whose }: KeyTableProps<Key>) {
  const [creating, setCreating] = useState(false);
  const { itemsFor, dialog } = useKeyActions(source);
  const paged = usePaged([...source.name, "list", filter.search ?? "", filter.state ?? ""], (pageToken) =>
    source.list({ ...filter, pageToken }),
  );
  const filtered = Boolean(filter.search || filter.state);
  const create = source.mayCreate && (
    <Button kind="main" icon={<Icon name="plus" />} onClick={() => setCreating(true)}>
      Create a key
    </Button>
  );
  const maker: Column<Key> = {
    title: "Created by",
    from: "lg",
    cell: (key) => source.creatorName(key.creator) ?? <span className="text-quiet">–</span>,
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <SearchBox
          label="Search by name"
          value={filter.search ?? ""}
          onValue={(search) => onFilter({ ...filter, search: search || undefined })}
        />
        <Select
          label="State"
          hideLabel
          className="w-36"
          value={filter.state ?? "ALL"}
          options={FILTERS}
          onValue={(state) => onFilter({ ...filter, state: state === "ALL" ? undefined : state })}
        />
        <div className="sm:ml-auto">{create}</div>
      </div>
      <Table
        label="API keys"
        {...paged}
        rowKey={({ id }) => id}
        empty={
          filtered ? (
            <Empty title="No key fits" icon="search" action={<Button onClick={() => onFilter({})}>Show all</Button>} />
          ) : (
            <Empty title="No API keys yet" icon="key">
              {source.mayCreate ? "Create one to call the API from your own programs." : "Nobody has made one."}
            </Empty>
          )
        }
        columns={[
          {
            title: "Name",
            cell: (key) => (
              <div className="min-w-0">
                <Link href={source.href(key.id)} className="break-words">
                  {nameOf(key)}
                </Link>
                {key.secretTokenSuffix && <p className="font-mono text-sm text-quiet">…{key.secretTokenSuffix}</p>}
                <div className="mt-1 sm:hidden">
                  <KeyScopes names={key.effectiveActions} />
                </div>
              </div>
            ),
          },
          ...(whose ? [whose] : []),
          { title: "State", cell: (key) => <KeyState apiKey={key} /> },
          { title: "Scopes", from: "sm", cell: ({ effectiveActions }) => <KeyScopes names={effectiveActions} /> },
          ...(whose ? [] : [maker]),
          { title: "Created", from: "lg", cell: ({ createTime }) => <TimeAgo time={createTime} /> },
          { title: "Last used", from: "md", cell: ({ lastUsedTime }) => <TimeAgo time={lastUsedTime} /> },
          { title: "Expires", from: "md", cell: ({ expireTime }) => <TimeAgo time={expireTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (key) => <Menu label={`Actions for ${nameOf(key)}`} items={itemsFor(key)} />,
          },
        ]}
      />
      {creating && <CreateKeyDialog source={source} onClose={() => setCreating(false)} />}
      {dialog}
    </div>
  );
}
