import type { Role } from "../api/types";
import { Empty } from "../ui/states";
import { Menu } from "../ui/Menu";
import type { Paged } from "../ui/paged";
import { Table } from "../ui/Table";

interface RoleTableProps {
  label: string;
  paged: Paged<Role>;
  /** Whether the caller may change and delete it; nobody does without. */
  mayChange?: (role: Role) => boolean;
  onChange?: (role: Role) => void;
  onDelete?: (role: Role) => void;
  /** What to do when there are none. */
  hint: string;
}

export function RoleTable({ label, paged, mayChange, onChange, onDelete, hint }: RoleTableProps) {
  return (
    <Table
      label={label}
      {...paged}
      rowKey={({ id }) => id}
      empty={
        <Empty title="No roles yet" icon="tag">
          {hint}
        </Empty>
      }
      columns={[
        {
          title: "Role",
          cell: ({ displayName, description, id }) => (
            <div className="min-w-0">
              <p className="font-medium break-words">{displayName || id}</p>
              {description && <p className="text-sm text-quiet">{description}</p>}
            </div>
          ),
        },
        { title: "Allows", from: "sm", cell: ({ actions }) => <Allows names={actions ?? []} /> },
        {
          title: "Actions",
          actions: true,
          cell: (role) => (
            <Menu
              label={`Actions for ${role.displayName || role.id}`}
              items={[
                mayChange?.(role) && { label: "Change…", onSelect: () => onChange?.(role) },
                mayChange?.(role) && { label: "Delete…", danger: true, onSelect: () => onDelete?.(role) },
              ]}
            />
          ),
        },
      ]}
    />
  );
}

function Allows({ names }: { names: readonly string[] }) {
  if (!names.length) return <span className="text-quiet">Nothing yet</span>;
  const shown = names.slice(0, 2);
  return (
    <span title={names.join("\n")} className="font-mono text-sm text-quiet">
      {shown.join(", ")}
      {names.length > shown.length && ` +${names.length - shown.length}`}
    </span>
  );
}
