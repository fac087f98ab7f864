import { Input, Select } from "../ui/Field";
import { dayFromNow, type ExpiryChoice, expiryOptions } from "./expiry";

interface ExpiryFieldProps {
  choice: ExpiryChoice;
  date: string;
  onChoice: (choice: ExpiryChoice) => void;
  onDate: (date: string) => void;
  maxLifetimeSeconds?: number;
}

/** When a key stops working. */
export function ExpiryField({ choice, date, onChoice, onDate, maxLifetimeSeconds }: ExpiryFieldProps) {
  const longest = maxLifetimeSeconds === undefined ? undefined : dayFromNow(Math.floor(maxLifetimeSeconds / 86_400));
  return (
    <div className="grid items-end gap-3 sm:grid-cols-2">
      <Select label="Expires" value={choice} options={expiryOptions(maxLifetimeSeconds)} onValue={onChoice} />
      {choice === "date" && (
        <Input label="Last day" type="date" required value={date} onValue={onDate} min={dayFromNow(0)} max={longest} />
      )}
      {choice === "never" && <p className="text-sm text-quiet sm:pb-2.5">A key that ends by itself is safer.</p>}
    </div>
  );
}
