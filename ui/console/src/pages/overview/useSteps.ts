import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { queries } from "../../data/queries";
import { type Step, steps } from "./checklist";
import type { Figures } from "./figures";

/** The steps of getting started: `undefined` until they are known, none if that fails or all are done. */
export function useSteps(figures: UseQueryResult<Figures>): Step[] | undefined {
  const project = useQuery(queries.project());
  const actions = useQuery(queries.policy());
  const backendApiKeys = useQuery(queries.backendApiKeys());
  if (figures.isError || project.isError || actions.isError || backendApiKeys.isError) return [];
  if (!project.data || !actions.data || !backendApiKeys.data || !figures.data) return undefined;
  const { organizations, organizationsWithKeys, activeKeys, used } = figures.data;
  const list = steps({
    projectApiKeysEnabled: project.data.apiKeysEnabled,
    actions: actions.data.length,
    organizations: organizations.number,
    organizationsWithKeys: organizationsWithKeys.number,
    backendApiKeys: backendApiKeys.data.filter(({ revoked }) => !revoked).length,
    keys: { active: activeKeys.number, used },
  });
  return list.every(({ done }) => done) ? [] : list;
}
