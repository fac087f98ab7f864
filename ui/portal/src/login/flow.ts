import { type Api, ApiError, data, isStatus, type LoginSchema } from "@lockwork/kit";

export type Settings = LoginSchema["Settings"];
export type Progress = LoginSchema["IntermediateSession"];
export type Provider = "google" | "microsoft" | "github";
export const PROVIDER_NAMES: Record<Provider, string> = { google: "Google", microsoft: "Microsoft", github: "GitHub" };

/** What is shown; it follows from where the login is, so that a reload goes on there. */
export type Step =
  | { at: "identify"; email?: string }
  | { at: "emailCode"; email: string }
  | { at: "signInByPassword"; email?: string; organizationId?: string }
  | { at: "forgotten"; email?: string }
  | { at: "signUp"; token: string }
  | { at: "organizations"; organizations: LoginSchema["Organization"][] }
  | { at: "password"; progress: Progress }
  | { at: "newPassword"; progress: Progress }
  | { at: "secondFactor"; progress: Progress }
  | { at: "loginsDisabled" }
  | { at: "anotherWay"; progress: Progress }
  | { at: "leaving" }
  | { at: "signedOut" };

/** A login at this host: its calls, and which step is next. */
export class LoginFlow {
  /** Whether they came by the mail about a forgotten password. */
  private resets = false;
  /** The organization that they wanted to switch to before they had to show who they are. */
  private wanted?: string;

  constructor(
    readonly api: Api,
    readonly settings: Settings,
    private readonly parameters: URLSearchParams,
  ) {}

  /** Whether people can sign in by a mail. */
  get byMail(): boolean {
    return this.settings.logInWithEmail && this.settings.mailEnabled;
  }

  /** A new login, with what the app that sent them asked for. */
  async begin() {
    await this.api.login.POST("/api/intermediate/v1/intermediate-session", {
      body: {
        redirectUri: this.parameters.get("redirect-uri") ?? undefined,
        relayedSessionState: this.parameters.get("relayed-session-state") ?? undefined,
        returnRelayedSessionTokenAsQueryParam:
          this.parameters.get("return-relayed-session-token-as-query-param") === "1" || undefined,
      },
    });
  }

  /** Does something that a login begins with; after a long wait in a new login. */
  async fresh<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isStatus(error, 401)) throw error;
      await this.begin();
      return work();
    }
  }

  async progress(): Promise<Progress> {
    return (await data(this.api.login.GET("/api/intermediate/v1/whoami"))).intermediateSession;
  }

  async next(): Promise<Step> {
    const progress = await this.fresh(() => this.progress());
    if (!progress.organizationId) {
      if (!progress.email || !progress.emailVerified) return { at: "identify", email: progress.email };
      return progress.primaryAuthFactor ? this.organizations() : this.byEmail();
    }
    switch (progress.missing) {
      case undefined:
      case null:
        return this.finish();
      case "EMAIL":
        return { at: "identify", email: progress.email };
      case "PRIMARY_FACTOR":
        return this.byEmail();
      case "PASSWORD":
        return { at: this.resets || !(await this.hasPassword(progress)) ? "newPassword" : "password", progress };
      case "SECOND_FACTOR":
        return { at: "secondFactor", progress };
      case "PROJECT_LOGINS":
      case "ORGANIZATION_LOGINS":
        return { at: "loginsDisabled" };
      default:
        return { at: "anotherWay", progress };
    }
  }

  /** Whether they have a password in the organization that they chose: the developer may have added them without one. */
  private async hasPassword({ organizationId, newUser, emailVerified }: Progress): Promise<boolean> {
    if (newUser || !emailVerified) return !newUser;
    const { organizations = [] } = await data(this.api.login.GET("/api/intermediate/v1/organizations"));
    const chosen = organizations.find(({ id }) => id === organizationId);
    return !chosen || Boolean(chosen.userHasPassword);
  }

  private async byEmail(): Promise<Step> {
    await this.api.login.POST("/api/intermediate/v1/set-email-as-primary-login-factor");
    return this.next();
  }

  private async organizations(): Promise<Step> {
    if (this.wanted) {
      const wanted = this.wanted;
      this.wanted = undefined;
      return this.choose(wanted);
    }
    const { organizations = [] } = await data(this.api.login.GET("/api/intermediate/v1/organizations"));
    const [first] = organizations;
    if (first && organizations.length === 1 && !this.settings.selfServeCreateOrganizations)
      return this.choose(first.id);
    if (!first && this.settings.autoCreateOrganizations) return this.finish();
    return { at: "organizations", organizations };
  }

  async choose(organizationId: string): Promise<Step> {
    await this.api.login.POST("/api/intermediate/v1/set-organization", { body: { organizationId } });
    return this.next();
  }

  async sendEmail(email: string): Promise<Step> {
    await this.fresh(() =>
      this.api.login.POST("/api/intermediate/v1/issue-email-verification-challenge", { body: { email } }),
    );
    return { at: "emailCode", email };
  }

  async verifyEmail(code: string): Promise<Step> {
    await this.api.login.POST("/api/intermediate/v1/verify-email-challenge", { body: { code: code.trim() } });
    return this.next();
  }

  async reset(passwordResetCode: string): Promise<Step> {
    await this.api.login.POST("/api/intermediate/v1/verify-password-reset-code", { body: { passwordResetCode } });
    this.resets = true;
    const progress = await this.progress();
    return progress.organizationId ? { at: "newPassword", progress } : this.next();
  }

  async toProvider(provider: Provider): Promise<Step> {
    const redirectUrl = `${location.origin}/${provider}-oauth-callback`;
    const { url } = await this.fresh(() =>
      data(this.api.login.POST(`/api/intermediate/v1/${provider}-oauth-redirect-url`, { body: { redirectUrl } })),
    );
    location.assign(url);
    return { at: "leaving" };
  }

  async fromProvider(provider: Provider): Promise<Step> {
    const [code, state] = [this.parameters.get("code"), this.parameters.get("state")];
    if (!code || !state) throw new ApiError(400, `${PROVIDER_NAMES[provider]} did not sign you in`);
    const redirectUrl = `${location.origin}${location.pathname}`;
    await this.api.login.POST(`/api/intermediate/v1/redeem-${provider}-oauth-code`, {
      body: { code, state, redirectUrl },
    });
    const { email, emailVerified } = await this.progress();
    return email && !emailVerified ? this.sendEmail(email) : this.next();
  }

  /** The password of the chosen organization. */
  async givePassword(password: string): Promise<Step> {
    await this.api.login.POST("/api/intermediate/v1/verify-password", { body: { password } });
    return this.next();
  }

  async switchTo(organizationId: string): Promise<Step> {
    await this.api.login.POST("/api/intermediate/v1/exchange-session-for-intermediate-session");
    const { email, emailVerified } = await this.progress();
    if (emailVerified) return this.choose(organizationId);
    // A password says who one is in its own organization only.
    this.wanted = organizationId;
    return { at: "signInByPassword", email, organizationId };
  }

  async impersonate(secretUserImpersonationToken: string): Promise<Step> {
    const body = { secretUserImpersonationToken };
    return this.leave(
      await data(this.api.login.POST("/api/intermediate/v1/redeem-user-impersonation-token", { body })),
    );
  }

  async signOut(): Promise<Step> {
    await this.api.frontend.POST("/api/frontend/v1/logout").catch((error) => {
      // Who is not signed in need not sign out.
      if (!isStatus(error, 401)) throw error;
    });
    return { at: "signedOut" };
  }

  private async finish(): Promise<Step> {
    return this.leave(
      await data(this.api.login.POST("/api/intermediate/v1/exchange-intermediate-session-for-session")),
    );
  }

  private leave(session: LoginSchema["NewSessionView"]): Step {
    location.replace(destination(session, this.settings.projectId));
    return { at: "leaving" };
  }
}

/** Where a finished login goes; an app on another domain gets its token in the fragment or in the query. */
export function destination(session: LoginSchema["NewSessionView"], projectId: string): string {
  const { redirectUri, relayedSessionToken } = session;
  if (!redirectUri) return "/";
  const to = new URL(redirectUri);
  if (!relayedSessionToken) return to.href;
  const name = `__tesseral_${projectId}_relayed_session_token`;
  if (session.returnRelayedSessionTokenAsQueryParam) {
    to.searchParams.set(name, relayedSessionToken);
    to.searchParams.set(`__tesseral_${projectId}_redirect_uri`, redirectUri);
  } else {
    to.hash = `${name}=${relayedSessionToken}`;
  }
  return to.href;
}
