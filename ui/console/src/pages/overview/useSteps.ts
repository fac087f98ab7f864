import { useQuery } from "@tanstack/react-query";
import { queries } from "../../data/queries";
import type { Organization } from "../../data/types";
import { type Step, steps } from "./checklist";
import type { KeyFigures } from "./keyFigures";

/** The steps of getting started: `undefined` until they are known, none if that fails or all are done. */
export function useSteps(
  organizations: Organization[] | undefined,
  figures: KeyFigures | undefined,
  failed: boolean,
): Step[] | undefined {
  const project = useQuery(queries.project());
  const actions = useQuery(queries.policy());
  const backendApiKeys = useQuery(queries.backendApiKeys());
  if (failed || project.isError || actions.isError || backendApiKeys.isError) return [];
  if (!project.data || !actions.data || !backendApiKeys.data || !organizations || !figures) return undefined;
  const list = steps({
    projectApiKeysEnabled: project.data.apiKeysEnabled,
    actions: actions.data.length,
    organizations: organizations.length,
    organizationsWithKeys: organizations.filter(({ apiKeysEnabled }) => apiKeysEnabled).length,
    backendApiKeys: backendApiKeys.data.filter(({ revoked }) => !revoked).length,
    keys: figures,
  });
  return list.every(({ done }) => done) ? [] : list;
}
