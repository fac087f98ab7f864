/** The sign-in providers at which a project can have a client of its own. */
export const PROVIDERS = [
  { name: "Google", id: "googleOauthClientId", secret: "googleOauthClientSecret", path: "/google-oauth-callback" },
  {
    name: "Microsoft",
    id: "microsoftOauthClientId",
    secret: "microsoftOauthClientSecret",
    path: "/microsoft-oauth-callback",
  },
  { name: "GitHub", id: "githubOauthClientId", secret: "githubOauthClientSecret", path: "/github-oauth-callback" },
] as const;

export type Provider = (typeof PROVIDERS)[number];
