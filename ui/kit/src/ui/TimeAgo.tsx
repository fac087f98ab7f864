import { useEffect, useState } from "react";
import { formatTime, fromNow } from "./time";

/** A moment as its distance from now; pointing at it shows the moment itself. */
export function TimeAgo({ time, never = "Never" }: { time: string | null | undefined; never?: string }) {
  const [, setMinute] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setMinute((minute) => minute + 1), 60_000);
    return () => clearInterval(timer);
  }, []);
  if (!time) return <span className="text-quiet">{never}</span>;
  return (
    <time dateTime={time} title={formatTime(time)} className="whitespace-nowrap">
      {fromNow(time)}
    </time>
  );
}
