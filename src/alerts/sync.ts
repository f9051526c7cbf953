import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { untilItHolds } from "#db/pin";
import { alertMembers, alertRules } from "#db/schema";
import type { AboutChecks } from "#scans/about";
import { subjectsMax, type Seen, type StateCondition } from "./look.ts";
import { countEvaluation, groupOf, pinRule, type AlertRule } from "./rule.ts";
import { lookNow } from "./sight.ts";

/**
 * Brings what a rule is about in line with how things are: what meets its condition now becomes a member, not yet told; what does
 * not any more leaves, and stays where that cannot be said and it was told. Answers what was seen; null: the rule is gone, or fed by events.
 */
export const syncRule = (org: OrgContext, ruleId: string, about: AboutChecks): Promise<readonly Seen[] | null> =>
  untilItHolds(async () => {
    const rule = await ruleOf(org, ruleId);
    if (rule === null || rule.condition.kind === "findings") return null;
    return syncOnce(org, rule, rule.condition, about);
  });

/** Read before anything else: what is written names the evaluation it knew. */
async function ruleOf(org: OrgContext, id: string): Promise<AlertRule | null> {
  const mine = and(eq(alertRules.orgId, org.id), eq(alertRules.id, id), eq(alertRules.enabled, true));
  const [rule] = await org.db.select().from(alertRules).where(mine);
  return rule ?? null;
}

async function syncOnce(
  org: OrgContext,
  rule: AlertRule,
  condition: StateCondition,
  about: AboutChecks,
): Promise<readonly Seen[]> {
  const { seen, unclear } = await lookNow(org, condition, about);
  const looked = seen.slice(0, subjectsMax);
  const known = await membersOf(org, rule.id);
  const now = new Set(looked.map(({ subject }) => subject));
  // Where there are more than were looked at, nobody knows what of the rest is over.
  const isMore = seen.length > subjectsMax;
  const stays = (subject: string): boolean =>
    now.has(subject) || (known.get(subject) === true && (isMore || unclear.includes(subject)));
  const gone = [...known.keys()].filter((subject) => !stays(subject));
  const come = looked.filter(({ subject }) => !known.has(subject));
  if (gone.length + come.length === 0) return seen;
  await org.db.atomic([
    pinRule(org, rule),
    org.db.sql(
      "DELETE FROM alert_members WHERE org_id = ?1 AND rule_id = ?2 AND subject IN (SELECT value FROM json_each(?3))",
      org.id,
      rule.id,
      JSON.stringify(gone),
    ),
    org.db.sql(
      `INSERT INTO alert_members (org_id, rule_id, subject, group_key, occasion)
       SELECT ?1, ?2, m.value ->> 0, m.value ->> 1, '' FROM json_each(?3) AS m WHERE true ON CONFLICT DO NOTHING`,
      org.id,
      rule.id,
      JSON.stringify(come.map((one) => [one.subject, groupOf(rule.route, one)])),
    ),
    countEvaluation(org, [rule.id]),
  ]);
  return seen;
}

/** Subject → whether somebody was told of it. */
async function membersOf(org: OrgContext, ruleId: string): Promise<ReadonlyMap<string, boolean>> {
  const rows = await org.db
    .select({ subject: alertMembers.subject, told: alertMembers.told })
    .from(alertMembers)
    .where(and(eq(alertMembers.orgId, org.id), eq(alertMembers.ruleId, ruleId)));
  return new Map(rows.map(({ subject, told }) => [subject, told]));
}
