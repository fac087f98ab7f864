import { Icon, Link, Menu, Skeleton } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../data/queries";
import { useStaff } from "../data/staff";

/** The project's name, and the way to the other projects of whoever is signed in. */
export function ProjectMenu() {
  const staff = useStaff();
  const { data: project } = useQuery(queries.project());
  const { data: projects = [] } = useQuery(queries.projects());
  const others = projects.filter(({ id }) => id !== staff.organizationId);
  if (!project) return <Skeleton className="h-6 w-32" />;
  const name = project.displayName || "Untitled project";
  if (!others.length) {
    return (
      <Link bare href="/" className="flex min-w-0 items-center gap-2 font-semibold">
        <Mark />
        <span className="truncate">{name}</span>
      </Link>
    );
  }
  return (
    <Menu
      label="Switch the project"
      items={others.map(({ id, displayName }) => ({
        label: displayName || id,
        onSelect: () => window.location.assign(`/switch-organizations/${id}`),
      }))}
      trigger={
        <button type="button" className="flex min-w-0 cursor-pointer items-center gap-2 rounded-lg font-semibold">
          <Mark />
          <span className="truncate">{name}</span>
          <Icon name="chevron" className="text-quiet" />
          <span className="sr-only">Switch the project</span>
        </button>
      }
    />
  );
}

function Mark() {
  return (
    <span className="inline-flex size-7 shrink-0 items-center justify-center rounded-lg bg-accent text-on-accent">
      <Icon name="key" />
    </span>
  );
}
