import { and, eq, sql, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { pin } from "#db/pin";
import { alertRules, alerts, webhooks } from "#db/schema";
import type { AlertCondition, AlertRoute, DigestTimes } from "#db/values";

export type AlertRule = InferSelectModel<typeof alertRules>;
export type Alert = InferSelectModel<typeof alerts>;

/** Alert rules of one organization. */
export const alertRulesMax = 50;

/** Names of the events that feed a rule of this condition; empty: it looks at how things are. */
export function listensTo(condition: AlertCondition): readonly string[] {
  if (condition.kind !== "findings") return [];
  return condition.newOnly ? ["finding.opened"] : ["finding.opened", "finding.reopened", "finding.critical"];
}

/** Those that are in force, in the order they were made. */
export const enabledRules = (org: OrgContext) =>
  org.db
    .select()
    .from(alertRules)
    .where(and(eq(alertRules.orgId, org.id), eq(alertRules.enabled, true)))
    .orderBy(alertRules.id);

/** The alerts of a rule that are not resolved, by the index that holds no others; a statement that answers `Alert`s. */
export const unresolvedAlerts = (org: OrgContext, ruleId: string) =>
  org.db
    .select()
    .from(alerts)
    .where(
      and(
        eq(alerts.orgId, org.id),
        sql`${alerts.id} IN (SELECT id FROM alerts INDEXED BY alerts_unresolved
          WHERE org_id = ${org.id} AND rule_id = ${ruleId} AND status <> 'resolved')`,
      ),
    );

/** For a batch that moves what these rules are about: whoever worked something out from it before sees that (`pinRule`). */
export const countEvaluation = (org: OrgContext, ruleIds: readonly string[]): Statement =>
  org.db.sql(
    "UPDATE alert_rules SET evaluations = evaluations + 1 WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))",
    org.id,
    JSON.stringify(ruleIds),
  );

/** Where something can be told. */
export interface Receiver {
  readonly id: string;
  readonly kind: string;
  readonly digest: DigestTimes | null;
}

/** All that there are: an organization has few. A statement that answers `Receiver`s. */
export const channelsStatement = (org: OrgContext) =>
  org.db
    .select({ id: webhooks.id, kind: webhooks.kind, digest: webhooks.digest })
    .from(webhooks)
    .where(eq(webhooks.orgId, org.id));

/** What a thing is routed by. */
export interface Routed {
  readonly accountId: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where a thing goes: a key of the route's channels; empty: to the rule's own. */
export function groupOf(route: AlertRoute | null, { accountId, tags }: Routed): string {
  if (route === null) return "";
  const value = route.by === "account" ? accountId : tags[route.key ?? ""];
  return value !== undefined && value !== null && Object.hasOwn(route.channels, value) ? value : "";
}

/** The same in SQL, of the finding `f`; `json` is SQL for the route. */
export function groupSql(route: AlertRoute | null, json: string): string {
  if (route === null) return "''";
  const mapped = `json_each(${json} -> 'channels')`;
  if (route.by === "account")
    return `CASE WHEN f.account_id IN (SELECT key FROM ${mapped}) THEN f.account_id ELSE '' END`;
  return `coalesce((SELECT c.key FROM resources AS r CROSS JOIN json_each(r.tags) AS t CROSS JOIN ${mapped} AS c
    WHERE r.org_id = ?1 AND r.id = f.resource_id AND t.key = ${json} ->> 'key' AND c.key = t.value), '')`;
}

/** Who is told of what is in a group. */
export const channelsOf = ({ route, channels }: AlertRule, group: string): readonly string[] =>
  group === "" ? channels : (route?.channels[group] ?? channels);

/** People have not changed these rules, nor switched one off, nor made another that is fed by events. */
export const pinVersions = (org: OrgContext, rules: readonly AlertRule[]): Statement =>
  pin(
    org,
    `(SELECT count(*) FROM alert_rules WHERE org_id = ?1 AND enabled = 1 AND listens <> '[]') = ?3
     AND (SELECT count(*) FROM json_each(?2) AS p CROSS JOIN alert_rules AS r
       WHERE r.org_id = ?1 AND r.id = p.value ->> 0 AND r.version = p.value ->> 1 AND r.enabled = 1) = ?3`,
    JSON.stringify(rules.map(({ id, version }) => [id, version])),
    rules.length,
  );

/** Nobody has changed this rule, or moved what it is about. */
export const pinRule = (org: OrgContext, { id, version, evaluations }: AlertRule): Statement =>
  pin(
    org,
    `EXISTS (SELECT 1 FROM alert_rules WHERE org_id = ?1 AND id = ?2 AND version = ?3 AND evaluations = ?4 AND enabled = 1)`,
    id,
    version,
    evaluations,
  );

/** These are the alerts of the rule that are not resolved, as they were read. */
export const pinAlerts = (
  org: OrgContext,
  ruleId: string,
  known: readonly Pick<Alert, "id" | "version">[],
): Statement =>
  pin(
    org,
    `(SELECT count(*) FROM alerts INDEXED BY alerts_unresolved WHERE org_id = ?1 AND rule_id = ?2 AND status <> 'resolved') = ?4
     AND (SELECT count(*) FROM json_each(?3) AS p CROSS JOIN alerts AS a
       WHERE a.org_id = ?1 AND a.id = p.value ->> 0 AND a.version = p.value ->> 1 AND a.status <> 'resolved') = ?4`,
    ruleId,
    JSON.stringify(known.map(({ id, version }) => [id, version])),
    known.length,
  );

/** The alert is as it was read. */
export const pinAlert = (org: OrgContext, { id, version }: Alert): Statement =>
  pin(org, "EXISTS (SELECT 1 FROM alerts WHERE org_id = ?1 AND id = ?2 AND version = ?3)", id, version);

/** The rule is as people left it. */
export const pinVersion = (org: OrgContext, { id, version }: AlertRule): Statement =>
  pin(org, "EXISTS (SELECT 1 FROM alert_rules WHERE org_id = ?1 AND id = ?2 AND version = ?3)", id, version);

/** So many are waiting to be told in each of these groups. */
export const pinFresh = (
  org: OrgContext,
  ruleId: string,
  groups: readonly { readonly group: string; readonly occasions: readonly string[]; readonly fresh: number }[],
): Statement =>
  pin(
    org,
    `NOT EXISTS (SELECT 1 FROM json_each(?3) AS g WHERE g.value ->> 2 <>
       (SELECT count(*) FROM json_each(g.value -> 1) AS o CROSS JOIN alert_members AS m INDEXED BY alert_members_fresh
        WHERE m.org_id = ?1 AND m.rule_id = ?2 AND m.told = 0 AND m.occasion = o.value AND m.group_key = g.value ->> 0))`,
    ruleId,
    JSON.stringify(groups.map(({ group, occasions, fresh }) => [group, occasions, fresh])),
  );
