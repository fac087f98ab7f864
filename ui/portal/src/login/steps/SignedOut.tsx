import { Button } from "@lockwork/kit";
import { useLogin } from "../context";
import { Frame } from "../Frame";

export function SignedOut() {
  const { flow, go } = useLogin();
  const signIn = async () => {
    await flow.begin();
    go({ at: "identify" });
  };
  return (
    <Frame title="You are signed out">
      <Button wide kind="main" action={signIn}>
        Sign in
      </Button>
    </Frame>
  );
}
