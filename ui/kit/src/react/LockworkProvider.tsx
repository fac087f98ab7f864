import { QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type Api, createApi } from "../api/client";
import { ApiError } from "../api/errors";
import { createQueryClient } from "../api/query";
import { reach } from "../api/session";
import { ApiContext } from "../context";
import type { Claims } from "../session/claims";
import { Tokens } from "./Tokens";

export interface LockworkProviderProps {
  /** Of the project: `publishable_key_…`. */
  publishableKey: string;
  /** Where the Config API is: `https://config.example.com`. */
  configApi: string;
  /** What is shown until it is known who is signed in. */
  fallback?: ReactNode;
  children: ReactNode;
}

interface Project {
  api: Api;
  tokens: Tokens;
}

interface SignedIn {
  token: string;
  claims: Claims;
}

const SignedInContext = createContext<SignedIn | undefined>(undefined);

/** Who is signed in; for the hooks. */
export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (!signedIn) throw new Error("Lockwork's hooks and components work within a <LockworkProvider>");
  return signedIn;
}

async function readProject(configApi: string, publishableKey: string): Promise<Project> {
  const at = new URL(`/v1/config/${encodeURIComponent(publishableKey)}`, configApi);
  const response = await reach(new Request(at));
  if (!response.ok) throw await ApiError.of(response);
  const { projectId, vaultDomain }: { projectId: string; vaultDomain: string } = await response.json();
  const api = createApi(`${at.protocol}//${vaultDomain}`);
  return { api, tokens: new Tokens(api, projectId) };
}

/** Signs in whoever uses the app, at the project's pages, and keeps their access token fresh. */
export function LockworkProvider({ publishableKey, configApi, fallback = null, children }: LockworkProviderProps) {
  const [project, setProject] = useState<Project | Error>();
  useEffect(() => {
    let shown = true;
    readProject(configApi, publishableKey).then(
      (project) => shown && setProject(project),
      (error) => shown && setProject(error instanceof Error ? error : new Error(String(error))),
    );
    return () => {
      shown = false;
    };
  }, [configApi, publishableKey]);
  // The app's error boundary shows it.
  if (project instanceof Error) throw project;
  return project ? (
    <OfProject project={project} fallback={fallback}>
      {children}
    </OfProject>
  ) : (
    fallback
  );
}

function OfProject({ project, fallback, children }: { project: Project; fallback: ReactNode; children: ReactNode }) {
  const { api, tokens } = project;
  const queries = useMemo(() => createQueryClient(), []);
  const signedIn = useSyncExternalStore(tokens.subscribe, tokens.current);
  if (!signedIn) return fallback;
  return (
    <ApiContext value={api}>
      <QueryClientProvider client={queries}>
        <SignedInContext value={signedIn}>{children}</SignedInContext>
      </QueryClientProvider>
    </ApiContext>
  );
}
