import type { Step } from "./flow";
import { Frame } from "./Frame";
import { AskEmail, EmailCode } from "./steps/Email";
import { Organizations } from "./steps/Organizations";
import { Forgotten, NewPassword, Password, SignInByPassword, SignUp } from "./steps/Password";
import { SecondFactor } from "./steps/SecondFactor";
import { SignedOut } from "./steps/SignedOut";

/** The step that a login is at. */
export function StepView({ step }: { step: Exclude<Step, { at: "leaving" }> }) {
  switch (step.at) {
    case "identify":
      return <AskEmail known={step.email} />;
    case "emailCode":
      return <EmailCode email={step.email} />;
    case "signInByPassword":
      return <SignInByPassword known={step.email} organizationId={step.organizationId} />;
    case "forgotten":
      return <Forgotten known={step.email} />;
    case "signUp":
      return <SignUp token={step.token} />;
    case "organizations":
      return <Organizations organizations={step.organizations} />;
    case "password":
      return <Password progress={step.progress} />;
    case "newPassword":
      return <NewPassword progress={step.progress} />;
    case "secondFactor":
      return <SecondFactor progress={step.progress} />;
    case "loginsDisabled":
      return <Frame title="Signing in is switched off" hint="Ask whoever runs this for help." />;
    case "anotherWay":
      return (
        <Frame
          startOver
          title="Another way is needed"
          hint={`${step.progress.organizationDisplayName || "This organization"} does not take this way to sign in.`}
        />
      );
    case "signedOut":
      return <SignedOut />;
  }
}
