import { useRef } from "react";

/** Names a request so that it has its effect once: the same request sent again has the same name. */
export function useOnce(): (request: unknown) => string {
  const last = useRef<{ request: string; name: string }>(undefined);
  return (request) => {
    const text = JSON.stringify(request);
    if (last.current?.request !== text) last.current = { request: text, name: crypto.randomUUID() };
    return last.current.name;
  };
}
