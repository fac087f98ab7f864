import { useQuery } from "@tanstack/react-query";
import { data } from "../api/client";
import { useApi } from "../context";
import { everyPage } from "../ui/paged";

/** What the organization's people are called, by their ids; nobody yet while that loads. */
export function usePeople(): ReadonlyMap<string, string> {
  const api = useApi();
  const { data: people } = useQuery({
    queryKey: ["users", "names"],
    staleTime: 60_000,
    queryFn: async () => {
      const users = await everyPage(async (pageToken) => {
        const page = await data(
          api.frontend.GET("/api/frontend/v1/users", { params: { query: { pageToken, pageSize: 100 } } }),
        );
        return { rows: page.users ?? [], nextPageToken: page.nextPageToken };
      });
      return new Map(users.map(({ id, displayName, email }) => [id, displayName || email]));
    },
  });
  return people ?? NOBODY;
}

const NOBODY: ReadonlyMap<string, string> = new Map();
