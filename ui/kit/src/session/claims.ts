/** What an access token says (its claims); read for display only, never trusted. */
export interface Claims {
  exp: number;
  sub: string;
  session: { id: string };
  user: { id: string; email: string; displayName?: string; profilePictureUrl?: string };
  organization: { id: string; displayName: string };
  actions?: string[];
  impersonator?: { email: string };
}

export function readClaims(token: string): Claims | undefined {
  try {
    const payload = token.split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The access token that the browser keeps for a project. */
export function accessTokenCookie(projectId: string, cookies = document.cookie): string | undefined {
  const name = `tesseral_${projectId}_access_token=`;
  const pair = cookies.split("; ").find((pair) => pair.startsWith(name));
  return pair?.slice(name.length) || undefined;
}

/** Whether the browser keeps an access token for any project of this host. */
export const hasAccessToken = (cookies = document.cookie): boolean =>
  /(^|; )tesseral_project_\w+_access_token=./.test(cookies);
