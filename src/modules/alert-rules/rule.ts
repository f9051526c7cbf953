import { and, eq } from "drizzle-orm";
import { listensTo, type AlertRule } from "#alerts/rule";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { pin } from "#db/pin";
import { alertRules } from "#db/schema";
import { Fault, notFound } from "#lib/fault";
import { newId } from "#lib/id";
import type { AlertRuleInput } from "./shapes.ts";

/** Fault: RESOURCE_NOT_FOUND. */
export async function getAlertRule(org: OrgContext, id: string): Promise<AlertRule> {
  const [rows] = await org.db.atomic([ruleStatement(org, id)]);
  // safe: the statement answers rows of the table.
  const [row] = rows as AlertRule[];
  if (!row) throw notFound("alert rule");
  return row;
}

export const ruleStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(alertRules)
    .where(and(eq(alertRules.orgId, org.id), eq(alertRules.id, id)));

/** Who has this name. */
export const namedStatement = (org: OrgContext, name: string): Statement =>
  org.db
    .select({ id: alertRules.id })
    .from(alertRules)
    .where(and(eq(alertRules.orgId, org.id), eq(alertRules.name, name)));

/** What a rule names anew of channels and webhooks is there: none is deleted that a rule names. */
export const pinChannels = (org: OrgContext, after: Telling, before?: Telling): Statement =>
  pin(
    org,
    "NOT EXISTS (SELECT 1 FROM json_each(?2) c WHERE c.value NOT IN (SELECT id FROM webhooks WHERE org_id = ?1))",
    JSON.stringify([...new Set(toldBy(after)).difference(new Set(before && toldBy(before)))]),
  );

type Telling = Pick<AlertRule, "channels" | "route">;

const toldBy = ({ channels, route }: Telling): string[] => [channels, ...Object.values(route?.channels ?? {})].flat();

/** What the audit log tells of a rule. */
export const audited = ({
  name,
  enabled,
  severity,
  condition,
  channels,
  route,
  windowMinutes,
  quietHours,
  notifyResolved,
}: AlertRule) => ({
  ...{ name, enabled, severity, condition, channels, route, windowMinutes, quietHours, notifyResolved },
});

export const nameTaken = (name: string): Fault =>
  new Fault("CONFLICT", `There is an alert rule named "${name}" already. Choose another name, or change that one.`);

/** A rule that is not stored yet. */
export function newRule(org: OrgContext, input: AlertRuleInput, id = newId()): AlertRule {
  const now = org.now.toISOString();
  return {
    orgId: org.id,
    id,
    ...input,
    listens: listensTo(input.condition),
    lastEvaluation: null,
    evaluations: 0,
    since: 0,
    version: 1,
    createdBy: org.actor.id,
    createdAt: now,
    updatedAt: now,
  };
}
