import { mayOf, Notice, Page, useSession } from "@lockwork/kit";
import { AuthenticatorApp } from "./security/AuthenticatorApp";
import { Passkeys } from "./security/Passkeys";
import { Password } from "./security/Password";
import { Sessions } from "./security/Sessions";

/** How one signs in, and where one is signed in. */
export function SecurityPage() {
  const session = useSession();
  const { organization, user } = session;
  const mine = mayOf(session).changesSignIn;
  return (
    <Page title="Security">
      {mine ? (
        <>
          {organization.logInWithPassword && <Password />}
          {organization.logInWithPasskey && <Passkeys />}
          {(organization.logInWithAuthenticatorApp || user.hasAuthenticatorApp) && <AuthenticatorApp />}
        </>
      ) : (
        <Notice tone="warn">How somebody signs in is theirs alone. It cannot be changed while you act as them.</Notice>
      )}
      <Sessions />
    </Page>
  );
}
