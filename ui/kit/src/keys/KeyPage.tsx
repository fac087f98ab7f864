import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ApiKey, ApiKeySecret } from "../api/types";
import { Badge } from "../ui/Badge";
import { Button, buttonLook } from "../ui/Button";
import { Card } from "../ui/Card";
import { Facts } from "../ui/Facts";
import { Icon } from "../ui/Icon";
import { Id } from "../ui/Id";
import { useGo } from "../ui/Link";
import { Menu } from "../ui/Menu";
import { Page } from "../ui/Page";
import { Skeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { TimeAgo } from "../ui/TimeAgo";
import { KeyLimits } from "./KeyLimits";
import { KeyRoles } from "./KeyRoles";
import { KeyState } from "./KeyState";
import { actionsOf, type KeySource, nameOf } from "./source";
import { useKeyActions } from "./useKeyActions";

interface KeyPageProps {
  source: KeySource;
  id: string;
  back: { href: string; label: string };
  /** More that is known of it. */
  facts?: (key: ApiKey) => readonly (readonly [string, ReactNode])[];
  /** More cards at the end. */
  children?: (key: ApiKey) => ReactNode;
}

/** All about a key, and what can be done with it. */
export function KeyPage({ source, id, back, facts, children }: KeyPageProps) {
  const go = useGo();
  const key = useQuery({ queryKey: [...source.name, "key", id], queryFn: () => source.get(id) });
  const roles = useQuery({ queryKey: [...source.name, "roles"], queryFn: () => source.roles() });
  const { itemsFor, dialog } = useKeyActions(source, () => go(back.href));
  const error = key.error ?? roles.error;
  if (error && !(key.data && roles.data)) {
    const retry = () => void Promise.all([key.refetch(), roles.refetch()]);
    return (
      <Page title="API key" back={back}>
        <Failure error={error} retry={retry} />
      </Page>
    );
  }
  if (!key.data || !roles.data) return <Loading back={back} />;
  const apiKey = key.data;
  const raising = actionsOf(apiKey, roles.data).every((action) => source.holds(action));
  const items = itemsFor(apiKey, raising).filter((item) => item !== false);
  return (
    <Page
      title={nameOf(apiKey)}
      badge={<KeyState apiKey={apiKey} />}
      hint={apiKey.description || undefined}
      back={back}
      actions={
        items.length > 0 && (
          <>
            {items.slice(0, 1).map(({ label, onSelect, danger }) => (
              <Button key="first" kind={danger ? "danger" : "plain"} onClick={onSelect}>
                {label}
              </Button>
            ))}
            <Menu
              label="More actions"
              items={items.slice(1)}
              trigger={
                <button type="button" className={buttonLook()}>
                  More <Icon name="chevron" />
                </button>
              }
            />
          </>
        )
      }
    >
      <Card title="Details">
        <Facts
          facts={[
            ["ID", <Id key="id" id={apiKey.id} label="Copy the key's ID" />],
            ["Created", <TimeAgo key="created" time={apiKey.createTime} />],
            ["Created by", source.creatorName(apiKey.creator)],
            ["Last used", <TimeAgo key="used" time={apiKey.lastUsedTime} />],
            ["Expires", <TimeAgo key="expires" time={apiKey.expireTime} />],
            ["Revoked because", apiKey.revokeReason || undefined],
            ["Tags", apiKey.tags?.length ? apiKey.tags.join(", ") : undefined],
            ["Allowed from", apiKey.ipAllowlist?.length ? apiKey.ipAllowlist.join(", ") : undefined],
            ...(facts?.(apiKey) ?? []),
          ]}
        />
      </Card>
      {!apiKey.revoked && (
        <Card title="Secrets" hint="Only their last four characters are known; the rest was shown once.">
          <ul className="grid gap-2">
            {apiKey.secrets?.map((secret, index) => (
              <Secret
                key={secret.createTime}
                secret={secret}
                present={index === apiKey.secrets?.findIndex(({ suffix }) => suffix === apiKey.secretTokenSuffix)}
              />
            ))}
          </ul>
        </Card>
      )}
      <KeyRoles source={source} apiKey={apiKey} roles={roles.data} />
      <KeyLimits source={source} id={id} />
      {children?.(apiKey)}
      {dialog}
    </Page>
  );
}

function Secret({ secret, present }: { secret: ApiKeySecret; present: boolean }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <code className="font-mono">…{secret.suffix}</code>
      <Badge tone={present ? "good" : "accent"}>{present ? "Present" : "Former"}</Badge>
      <span className="text-quiet">
        created <TimeAgo time={secret.createTime} />
        {!present && secret.expireTime && (
          <>
            , ends <TimeAgo time={secret.expireTime} />
          </>
        )}
      </span>
    </li>
  );
}

function Loading({ back }: { back: KeyPageProps["back"] }) {
  return (
    <Page title="API key" back={back}>
      {["h-48", "h-28", "h-28", "h-28"].map((height, index) => (
        <Skeleton key={index} className={height} />
      ))}
    </Page>
  );
}
