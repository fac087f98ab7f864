import { Link } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { queries } from "./queries";

/** What an organization that exists is called, as the way to its page; its id until that is known. */
export function OrganizationName({ id }: { id: string }) {
  const { data: organization } = useQuery({ ...queries.organization(id), staleTime: 60_000 });
  return (
    <Link href={`/organizations/${id}`} className="break-words">
      {organization ? organization.displayName || "Untitled organization" : id}
    </Link>
  );
}
