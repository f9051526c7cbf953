import { and, eq, sql, type InferSelectModel, type SQL } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { webhooks } from "#db/schema";
import { Fault } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { leaseMs } from "./claim.ts";

/** Whoever is told of events: a webhook or a channel. */
export type Receiver = InferSelectModel<typeof webhooks>;

/** Webhooks, or channels: neither is found by the other's addresses. */
export interface Receivers {
  readonly what: "webhook" | "channel";
  readonly get: (org: OrgContext, id: string) => Promise<Receiver>;
  readonly statement: (org: OrgContext, id: string) => Statement;
  /** Fault: RESOURCE_NOT_FOUND when that statement answered nothing. */
  readonly require: (rows: unknown) => Receiver;
}

/** Fault: INVALID_TRANSITION. */
export function refuseDisabled(receiver: Receiver): void {
  if (receiver.status === "disabled")
    throw new Fault(
      "INVALID_TRANSITION",
      `The ${whatOf(receiver)} is disabled. Enable it first: PATCH its \`status\`.`,
    );
}

/** What a row is called. */
export const whatOf = ({ kind }: Pick<Receiver, "kind">): "webhook" | "channel" =>
  kind === "webhook" ? "webhook" : "channel";

/** Why a receiver is disabled that nothing is wrong with. */
export const byHand = "Disabled by hand";

/** What every new row of `webhooks` begins with, whatever its kind. */
export function newReceiver(org: OrgContext, id: string, status: Receiver["status"]) {
  const now = org.now.toISOString();
  const isDisabled = status === "disabled";
  return {
    orgId: org.id,
    id,
    name: null,
    severities: null,
    accountIds: null,
    previousSecret: null,
    previousUntil: null,
    config: null,
    digest: null,
    status,
    disabledReason: isDisabled ? byHand : null,
    disabledAt: isDisabled ? now : null,
    failures: 0,
    failingSince: null,
    warned: 0,
    lastDeliveredAt: null,
    silences: [],
    busyUntil: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

type Columns = { readonly [Column in keyof Receiver]?: Receiver[Column] | SQL };

/** Writes these columns where the receiver is as it was read, and answers the row. */
export const updateReceiver = (org: OrgContext, { id, version }: Receiver, columns: Columns): Statement =>
  org.db
    .update(webhooks)
    .set({ ...columns, version: version + 1, updatedAt: org.now.toISOString() })
    .where(and(eq(webhooks.orgId, org.id), eq(webhooks.id, id), eq(webhooks.version, version)))
    .returning();

/** How many of the times for which it was disabled are kept. */
const silencesMax = 20;

/**
 * What people said of a receiver, and what follows. What is enabled again, or reached otherwise, begins without failures and
 * without the pause they brought. That it was in trouble is kept, so that it is told when it works.
 */
export function withWhatFollows(org: OrgContext, before: Receiver, said: Partial<Receiver>): Columns {
  const after = { ...before, ...said };
  const isSwitched = after.status !== before.status;
  const isOn = after.status === "enabled";
  const now = org.now.toISOString();
  const silence = [before.disabledAt ?? before.updatedAt, now] as const;
  const isFresh = (isSwitched && isOn) || addressOf(after) !== addressOf(before);
  return {
    ...said,
    ...(isSwitched && { disabledReason: isOn ? null : byHand, disabledAt: isOn ? null : now }),
    ...(isSwitched && isOn && { silences: [...before.silences.slice(1 - silencesMax), silence] }),
    ...(isFresh && { failures: 0, failingSince: null, warned: sql`-(warned <> 0)`, busyUntil: withoutPause(org) }),
  };
}

const addressOf = ({ url, secret, config }: Receiver): string => canonicalJson([url, secret, config]);

/** A lease, which is never longer than `leaseMs`, stays. */
export const withoutPause = (org: OrgContext): SQL =>
  sql`CASE WHEN busy_until <= ${new Date(org.now.getTime() + leaseMs).toISOString()} THEN busy_until END`;
