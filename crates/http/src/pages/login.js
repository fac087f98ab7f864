// Signing in, step by step: what is shown follows from where the login is (`whoami`), so that a reload goes on there.

import { Refusal, button, call, form, login, make, sentence, show } from "./pages.js";

const NAMES = { google: "Google", microsoft: "Microsoft", github: "GitHub" };
const parameters = new URLSearchParams(location.search);
let settings;

// A code in the address is used once and belongs to nobody's history.
function takeParameter(name) {
  const value = parameters.get(name);
  history.replaceState(null, "", location.pathname);
  return value;
}

/** A new login, with what the app that sent them asked for. */
async function begin() {
  await login("intermediate-session", {
    redirectUri: parameters.get("redirect-uri") ?? undefined,
    relayedSessionState: parameters.get("relayed-session-state") ?? undefined,
    returnRelayedSessionTokenAsQueryParam:
      parameters.get("return-relayed-session-token-as-query-param") === "1" || undefined,
  });
}

async function state() {
  return (await login("whoami", null)).intermediateSession;
}

async function next() {
  let now;
  try {
    now = await state();
  } catch (error) {
    if (error.status !== 401) throw error;
    await begin();
    now = await state();
  }
  if (!now.organizationId) {
    if (!now.email || !now.emailVerified) return identify(now.email);
    if (!now.primaryAuthFactor) {
      await login("set-email-as-primary-login-factor");
      return next();
    }
    return chooseOrganization();
  }
  switch (now.missing) {
    case undefined: return finish();
    case "EMAIL": return identify(now.email);
    case "PRIMARY_FACTOR":
      await login("set-email-as-primary-login-factor");
      return next();
    case "PASSWORD": return now.newUser ? newPassword(now) : password(now);
    case "SECOND_FACTOR": return secondFactor(now);
    case "PROJECT_LOGINS":
    case "ORGANIZATION_LOGINS":
      return show("Signing in is switched off", "Ask whoever runs this for help.", startOver());
    default:
      return show("Another way is needed", `${now.organizationDisplayName} does not take this way to sign in.`, startOver());
  }
}

const startOver = () => button("Start over", async () => {
  await begin();
  await identify();
}, "link");

async function identify(known) {
  if (settings.loginsDisabled) return show("Signing in is switched off", "Ask whoever runs this for help.");
  const providers = (settings.providers ?? []).map((provider) =>
    button(`Continue with ${NAMES[provider]}`, () => toProvider(provider)));
  const byMail = settings.logInWithEmail && settings.mailEnabled;
  const mail = byMail && form(
    [["email", "E-mail", { type: "email", autocomplete: "username", value: known ?? "" }]],
    "Continue",
    async ({ email }) => {
      await login("issue-email-verification-challenge", { email });
      emailCode(email);
    },
  );
  show(
    `Sign in to ${settings.projectDisplayName ?? "this project"}`, undefined,
    ...providers,
    providers.length && (byMail || settings.logInWithPassword) ? make("hr") : undefined,
    mail || undefined,
    settings.logInWithPassword ? button("Use a password", async () => byPassword(), byMail ? "link" : "main") : undefined,
  );
}

function emailCode(email) {
  show("Check your mail", `We sent a link and a code to ${email}.`,
    form(
      [["code", "Code", { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 60 }]],
      "Continue",
      async ({ code }) => {
        await login("verify-email-challenge", { code });
        await next();
      },
    ),
    button("Send another mail", () => login("issue-email-verification-challenge", { email }), "link"),
    startOver());
}

function byPassword() {
  show(`Sign in to ${settings.projectDisplayName ?? "this project"}`, undefined,
    form(
      [
        ["email", "E-mail", { type: "email", autocomplete: "username" }],
        ["password", "Password", { type: "password", autocomplete: "current-password" }],
      ],
      "Sign in",
      async (given) => {
        await login("verify-password", given);
        await next();
      },
    ),
    settings.mailEnabled ? button("I forgot my password", async () => forgotten(), "link") : undefined,
    startOver());
}

function forgotten() {
  show("Forgotten password", "We send a link to choose another one, if this address has a password here.",
    form([["email", "E-mail", { type: "email", autocomplete: "username" }]], "Send", async ({ email }) => {
      await login("issue-password-reset-code", { email });
      show("Check your mail", `If ${email} has a password here, a link to choose another one is on its way. Open it in this browser.`, startOver());
    }),
    startOver());
}

async function toProvider(provider) {
  const redirectUrl = `${location.origin}/${provider}-oauth-callback`;
  location.assign((await login(`${provider}-oauth-redirect-url`, { redirectUrl })).url);
}

async function chooseOrganization() {
  const organizations = (await login("organizations", null)).organizations ?? [];
  const choose = (organizationId) => async () => {
    await login("set-organization", { organizationId });
    await next();
  };
  if (organizations.length === 1 && !settings.selfServeCreateOrganizations) return choose(organizations[0].id)();
  if (!organizations.length && settings.autoCreateOrganizations) return finish();
  const create = settings.selfServeCreateOrganizations && form(
    [["displayName", "Name of a new organization", { maxLength: 256 }]],
    "Create it",
    async (given) => {
      await login("organizations", given);
      await next();
    },
  );
  const hint = organizations.length || create
    ? undefined : "No organization here knows this address. Ask to be invited.";
  show("Choose an organization", hint,
    ...organizations.map(({ id, displayName }) => button(displayName || id, choose(id))),
    organizations.length && create ? make("hr") : undefined,
    create || undefined,
    startOver());
}

function password(now) {
  show(now.organizationDisplayName || "Your password", "This organization wants your password.",
    form([["password", "Password", { type: "password", autocomplete: "current-password" }]], "Continue",
      async ({ password }) => {
        try {
          await login("verify-password", { password });
        } catch (error) {
          // Whoever has none yet chooses one; the server alone decides who that is.
          if (error.slug !== "incorrect_password") throw error;
          await login("register-password", { password }).catch((other) => {
            throw other.slug === "failed_precondition" ? error : other;
          });
        }
        await next();
      }),
    button("I forgot my password", async () => forgotten(), "link"),
    startOver());
}

function newPassword(now) {
  show("Choose a password", `For ${now.organizationDisplayName || "your account"}: 8 characters or more.`,
    form([["password", "New password", { type: "password", autocomplete: "new-password", minLength: 8, maxLength: 256 }]],
      "Continue",
      async (given) => {
        await login("register-password", given);
        await next();
      }),
    startOver());
}

async function secondFactor(now) {
  const { hasPasskey, hasAuthenticatorApp, takesPasskeys, takesAuthenticatorApps } = now.secondFactors;
  const here = { passkey: hasPasskey && takesPasskeys, app: hasAuthenticatorApp && takesAuthenticatorApps };
  if (here.passkey || here.app) return giveSecondFactor(here);
  show("Set up a second factor", `${now.organizationDisplayName || "This organization"} wants one.`,
    takesPasskeys ? button("Make a passkey", makePasskey, "main") : undefined,
    takesAuthenticatorApps ? button("Use an authenticator app", setUpApp) : undefined,
    startOver());
}

function giveSecondFactor(here) {
  const app = here.app && form(
    [["totpCode", "Code of your authenticator app", { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 6 }]],
    "Continue",
    async (given) => {
      await login("verify-authenticator-app", given);
      await next();
    },
  );
  show("Your second factor", undefined,
    here.passkey ? button("Use a passkey", usePasskey, app ? "" : "main") : undefined,
    app || undefined,
    app ? button("Use a recovery code", async () => recovery(here), "link") : undefined,
    startOver());
}

function recovery(here) {
  show("Recovery code", "Each works once.",
    form([["recoveryCode", "Recovery code", { autocomplete: "off" }]], "Continue", async (given) => {
      await login("verify-authenticator-app", given);
      await next();
    }),
    button("Back", async () => giveSecondFactor(here), "link"));
}

async function setUpApp() {
  const { otpauthUri } = await login("get-authenticator-app-options");
  const secret = new URL(otpauthUri).searchParams.get("secret") ?? "";
  show("Authenticator app", "Add this key to your app, then enter the code that it shows.",
    make("code", {}, secret.replace(/(.{4})/g, "$1 ").trim()),
    make("a", { className: "button", href: otpauthUri }, "Open in an app on this device"),
    form([["totpCode", "Code", { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 6 }]], "Continue",
      async (given) => {
        const { recoveryCodes } = await login("register-authenticator-app", given);
        show("Keep these recovery codes", "Each stands in for your app once. They are not shown again.",
          make("ol", { className: "codes" }, ...recoveryCodes.map((code) => make("li", {}, code))),
          button("I have kept them", next, "main"));
      }),
    startOver());
}

const toBase64Url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function makePasskey() {
  const { options } = await login("get-passkey-options");
  const made = await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
  });
  await login("register-passkey", {
    attestationObject: toBase64Url(made.response.attestationObject),
    clientDataJson: toBase64Url(made.response.clientDataJSON),
    rpId: options.rp.id,
  });
  await next();
}

async function usePasskey() {
  const { options } = await login("issue-passkey-challenge");
  const used = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
  });
  await login("verify-passkey", {
    credentialId: toBase64Url(used.rawId),
    clientDataJson: toBase64Url(used.response.clientDataJSON),
    authenticatorData: toBase64Url(used.response.authenticatorData),
    signature: toBase64Url(used.response.signature),
  });
  await next();
}

async function finish() {
  const session = await login("exchange-intermediate-session-for-session");
  leave(session);
}

function leave({ redirectUri, relayedSessionToken, returnRelayedSessionTokenAsQueryParam }) {
  if (!redirectUri) return signedIn();
  const to = new URL(redirectUri);
  if (relayedSessionToken) {
    const name = `__tesseral_${settings.projectId}_relayed_session_token`;
    if (returnRelayedSessionTokenAsQueryParam) {
      to.searchParams.set(name, relayedSessionToken);
      to.searchParams.set(`__tesseral_${settings.projectId}_redirect_uri`, redirectUri);
    } else {
      to.hash = `${name}=${relayedSessionToken}`;
    }
  }
  location.replace(to);
}

async function signedIn() {
  const { user } = await call("GET", "frontend/v1/me").catch(async (error) => {
    if (error.status !== 401) throw error;
    await call("POST", "frontend/v1/refresh", {});
    return call("GET", "frontend/v1/me");
  });
  const { organization } = await call("GET", "frontend/v1/organization");
  show("You are signed in", `${user.email}, in ${organization.displayName || organization.id}.`,
    button("Choose another organization", switchOrganization),
    button("Sign out", signOut));
}

async function switchOrganization() {
  await login("exchange-session-for-intermediate-session");
  await next();
}

async function signOut() {
  await call("POST", "frontend/v1/logout", {});
  show("You are signed out", undefined, button("Sign in", async () => {
    await begin();
    await identify();
  }, "main"));
}

async function signUp(token) {
  await begin();
  show(`Sign up to ${settings.projectDisplayName ?? "this project"}`, "You will be its owner.",
    form(
      [
        ["email", "E-mail", { type: "email", autocomplete: "username" }],
        ["password", "New password", { type: "password", autocomplete: "new-password", minLength: 8, maxLength: 256 }],
      ],
      "Sign up",
      async ({ email, password }) => {
        await login("redeem-sign-up-token", { signUpToken: token, email });
        await login("register-password", { password });
        await next();
      },
    ));
}

const PLACES = {
  "/verify-email": async () => {
    await login("verify-email-challenge", { code: takeParameter("code") ?? "" });
    await next();
  },
  "/reset-password": async () => {
    await login("verify-password-reset-code", { passwordResetCode: takeParameter("code") ?? "" });
    const now = await state();
    return now.organizationId ? newPassword(now) : next();
  },
  "/sign-up": async () => signUp(takeParameter("token") ?? ""),
  "/impersonate": async () => {
    const secretUserImpersonationToken = takeParameter("secret-user-impersonation-token") ?? "";
    leave(await login("redeem-user-impersonation-token", { secretUserImpersonationToken }));
  },
  "/logout": signOut,
  "/user": signedIn,
  "/user-settings": signedIn,
  "/organization-settings": signedIn,
};

async function providerCallback(provider) {
  const [code, token] = [parameters.get("code"), parameters.get("state")];
  history.replaceState(null, "", location.pathname);
  if (!code || !token) throw new Refusal(400, { detail: `${NAMES[provider]} did not sign you in` });
  const redirectUrl = `${location.origin}${location.pathname}`;
  await login(`redeem-${provider}-oauth-code`, { code, state: token, redirectUrl });
  const now = await state();
  if (now.email && !now.emailVerified) {
    await login("issue-email-verification-challenge", { email: now.email });
    return emailCode(now.email);
  }
  await next();
}

async function start() {
  settings = (await login("settings", null)).settings;
  const provider = /^\/(google|microsoft|github)-oauth-callback$/.exec(location.pathname)?.[1];
  if (provider) return providerCallback(provider);
  const switched = /^\/switch-organizations\/(.+)$/.exec(location.pathname)?.[1];
  if (switched) {
    await login("exchange-session-for-intermediate-session");
    await login("set-organization", { organizationId: decodeURIComponent(switched) });
    return next();
  }
  const place = PLACES[location.pathname];
  if (place) return place();
  const fresh = location.pathname === "/login" || location.pathname === "/signup";
  if (fresh) {
    await begin();
    return identify();
  }
  return signedIn().catch(next);
}

start().catch((error) => {
  show("That did not work", sentence(error), button("Sign in", async () => {
    await begin();
    await identify();
  }, "main"));
});
