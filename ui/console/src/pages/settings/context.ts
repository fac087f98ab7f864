import { createContext, useContext } from "react";
import { backend, call, queryClient, renew } from "../../data/api";
import { queries } from "../../data/queries";
import type { Project, ProjectChange } from "../../data/types";

/** The project whose settings are open. */
export const ProjectContext = createContext<Project | undefined>(undefined);

export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (!project) throw new Error("no project is open");
  return project;
}

/** Changes the project; what shows it has the answer at once. */
export async function updateProject(body: ProjectChange): Promise<void> {
  const { project } = await call(backend.PATCH("/v1/project", { body }));
  queryClient.setQueryData(queries.project().queryKey, project);
  // What organizations have depends on what the project has.
  await renew(["organizations"], ["organization"]);
}
