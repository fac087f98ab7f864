import { Icon, Link, Menu, Skeleton } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queries } from "../data/queries";
import { useMayWrite, useStaff } from "../data/staff";
import { NewProjectDialog } from "./NewProjectDialog";

/** The project's name, and the way to the other projects of whoever is signed in, or to a new one. */
export function ProjectMenu() {
  const staff = useStaff();
  const { data: project } = useQuery(queries.project());
  const { data: projects = [] } = useQuery(queries.projects());
  const mayWrite = useMayWrite();
  const [creating, setCreating] = useState(false);
  const others = projects.filter(({ id }) => id !== staff.organizationId);
  if (!project) return <Skeleton className="h-6 w-32" />;
  const name = project.displayName || "Untitled project";
  if (!others.length && !mayWrite) {
    return (
      <Link bare href="/" className="flex min-w-0 items-center gap-2 font-semibold">
        <Mark />
        <span className="truncate">{name}</span>
      </Link>
    );
  }
  return (
    <>
      <Menu
        label="Projects"
        items={[
          ...others.map(({ id, displayName }) => ({
            label: `Go to ${displayName || id}`,
            onSelect: () => window.location.assign(`/switch-organizations/${id}`),
          })),
          mayWrite && { label: "Create a project", onSelect: () => setCreating(true) },
        ]}
        trigger={
          <button type="button" className="flex min-w-0 cursor-pointer items-center gap-2 rounded-lg font-semibold">
            <Mark />
            <span className="truncate">{name}</span>
            <Icon name="chevron" className="text-quiet" />
            <span className="sr-only">Projects</span>
          </button>
        }
      />
      {creating && <NewProjectDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function Mark() {
  return (
    <span className="inline-flex size-7 shrink-0 items-center justify-center rounded-lg bg-accent text-on-accent">
      <Icon name="key" />
    </span>
  );
}
