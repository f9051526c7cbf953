import type { InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { webhooks } from "#db/schema";
import { Fault } from "#lib/fault";

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
