import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { data } from "../api/client";
import { useApi } from "../context";
import { Button, buttonLook } from "../ui/Button";
import { Dialog, DialogActions } from "../ui/Dialog";
import { Notice } from "../ui/Notice";

/** Asks somebody whose session has ended to sign in again; what they were doing goes on then. Once an app. */
export function SessionDialog({ userId }: { userId: string }) {
  const { gate } = useApi();
  return useSyncExternalStore(gate.subscribe, gate.isWaiting) ? <SignInAgain userId={userId} /> : null;
}

function SignInAgain({ userId }: { userId: string }) {
  const api = useApi();
  const [early, setEarly] = useState(false);
  const goOn = async () => {
    const token = await api.refresh();
    setEarly(!token);
    if (!token) return;
    const { user } = await data(api.frontend.GET("/api/frontend/v1/me"));
    // As somebody else, or in another organization: what is shown is not theirs.
    if (user.id !== userId) return window.location.reload();
    api.gate.settle(true);
  };
  const comeBack = useRef(goOn);
  comeBack.current = goOn;
  useEffect(() => {
    // Coming back from the other tab: nobody has to click. When it fails, the button says why.
    const look = () => void comeBack.current().catch(() => undefined);
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, []);
  return (
    <Dialog
      title="Your session has ended"
      hint="Sign in again in a new tab, then go on here. What you have typed is kept."
    >
      {early && <Notice tone="warn">You are not signed in yet.</Notice>}
      <DialogActions>
        <Button kind="quiet" onClick={() => api.gate.settle(false)}>
          Not now
        </Button>
        <Button action={goOn}>Go on</Button>
        <a className={buttonLook("main")} href={`${api.origin}/login`} target="_blank" rel="noopener">
          Sign in
        </a>
      </DialogActions>
    </Dialog>
  );
}
