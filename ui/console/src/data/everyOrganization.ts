import { queryOptions } from "@tanstack/react-query";
import { backend, call } from "./api";
import type { Organization } from "./types";

const PAGE_SIZE = 100;
const PAGES = 10;

/**
 * The organizations by name, up to a thousand; `complete` says whether those are all. The API finds organizations by
 * their whole name only, so looking for a part of it is done here.
 */
export const everyOrganization = () =>
  queryOptions({
    queryKey: ["organizations", "every"],
    queryFn: async () => {
      const organizations: Organization[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < PAGES; page++) {
        const query = { pageSize: PAGE_SIZE, pageToken, orderBy: "displayName" };
        const answer = await call(backend.GET("/v1/organizations", { params: { query } }));
        organizations.push(...(answer.organizations ?? []));
        pageToken = answer.nextPageToken || undefined;
        if (!pageToken) break;
      }
      return { organizations, complete: !pageToken };
    },
    staleTime: 30_000,
  });
