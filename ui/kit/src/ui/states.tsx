import type { ReactNode } from "react";
import { isStatus, sentence } from "../api/errors";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

interface EmptyProps {
  title: string;
  icon?: IconName;
  /** What to do next. */
  children?: ReactNode;
  action?: ReactNode;
}

/** That there is nothing here yet, and what to do about it. */
export function Empty({ title, icon = "list", children, action }: EmptyProps) {
  return (
    <div className="grid justify-items-center gap-1.5 rounded-xl border border-dashed border-edge/50 px-6 py-10 text-center in-[.card]:border-0 in-[.card]:p-2">
      <Icon name={icon} className="mb-1 size-6 text-quiet" />
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-md text-balance text-quiet">{children}</p>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** That something could not be read: what went wrong, and another try. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  if (isStatus(error, 403)) return <NoPermission />;
  if (isStatus(error, 404)) {
    return (
      <Empty title="There is nothing here" icon="search">
        It may have been deleted, or the address has a mistake.
      </Empty>
    );
  }
  return (
    <div
      role="alert"
      className="grid justify-items-center gap-1.5 rounded-xl border border-line bg-card px-6 py-10 text-center in-[.card]:border-0 in-[.card]:p-2"
    >
      <Icon name="alert" className="mb-1 size-6 text-bad" />
      <p className="font-medium">This could not be loaded</p>
      <p className="max-w-md text-balance text-quiet">{sentence(error)}</p>
      {retry && (
        <Button className="mt-3" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** That the caller may not see this, and who can change that. */
export function NoPermission({ children }: { children?: ReactNode }) {
  return (
    <Empty title="This is not open to you" icon="lock">
      {children ?? "Ask an owner of your organization for access."}
    </Empty>
  );
}
