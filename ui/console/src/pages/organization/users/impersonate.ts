import { backend, call } from "../../../data/api";

/** Opens a tab at the project's pages in which the caller is this person. The token works once, within 30 seconds. */
export async function impersonate(impersonatedId: string): Promise<void> {
  // Opened before anything is waited for: browsers take only such a window for one that was asked for.
  const tab = window.open("about:blank");
  try {
    const [{ userImpersonationToken }, { project }] = await Promise.all([
      call(backend.POST("/v1/user-impersonation-tokens", { body: { impersonatedId } })),
      call(backend.GET("/v1/project")),
    ]);
    const token = new URLSearchParams({ "secret-user-impersonation-token": userImpersonationToken.secretToken });
    const address = `${window.location.protocol}//${project.vaultDomain}/impersonate?${token}`;
    if (!tab) throw new Error("the browser did not open a new tab; let this page open one");
    tab.opener = null;
    tab.location.replace(address);
  } catch (error) {
    tab?.close();
    throw error;
  }
}
