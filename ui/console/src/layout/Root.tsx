import { Failure, isStatus, SessionDialog, Shell, Spinner, TitleContext } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { api } from "../data/api";
import { queries } from "../data/queries";
import { StaffContext } from "../data/staff";
import { AccountMenu } from "./AccountMenu";
import { currentItem, NAVIGATION } from "./navigation";
import { ProjectMenu } from "./ProjectMenu";

/** Everything is for people who are signed in; others are sent to sign in and come back to where they were. */
export function Root() {
  const { data: staff, error, refetch } = useQuery(queries.me());
  const { data: project } = useQuery({ ...queries.project(), enabled: staff !== undefined });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const signedOut = isStatus(error, 401);
  useEffect(() => {
    if (signedOut) window.location.replace(`/login?redirect-uri=${encodeURIComponent(window.location.href)}`);
  }, [signedOut]);
  useEffect(() => {
    if (staff) api.gate.arm();
  }, [staff]);

  if (!staff) {
    return (
      <main className="grid min-h-dvh place-content-center p-6">
        {error && !signedOut ? <Failure error={error} retry={() => void refetch()} /> : <Spinner className="size-6" />}
      </main>
    );
  }
  return (
    <StaffContext value={staff}>
      <TitleContext value={project?.displayName}>
        <Shell brand={<ProjectMenu />} nav={NAVIGATION} current={currentItem(path)} account={<AccountMenu />}>
          <Outlet />
        </Shell>
        <SessionDialog userId={staff.id} />
      </TitleContext>
    </StaffContext>
  );
}
