import { and, eq } from "drizzle-orm";
import { alertTellings } from "#db/alert-telling";
import type { OrgContext } from "#db/context";
import { untilItHolds } from "#db/pin";
import type { Statement } from "#db/database";
import { alertRules } from "#db/schema";
import { newId } from "#lib/id";
import type { AboutChecks } from "#scans/about";
import { newsStatements, readNews, type Known } from "./news.ts";
import { planOf, type Fresh, type Plan, type Standing, type Telling } from "./plan.ts";
import { resolveStatements } from "./resolve.ts";
import {
  channelsStatement,
  countEvaluation,
  pinAlerts,
  pinFresh,
  pinRule,
  unresolvedAlerts,
  type Alert,
  type AlertRule,
  type Receiver,
} from "./rule.ts";
import { severityOf } from "./message.ts";
import { tellableAt } from "./quiet.ts";
import { tellingOf, type Told } from "./tell.ts";
import type { Seen } from "./look.ts";

/** What a rule had to say. */
export interface Settled {
  /** Ids of the events written. */
  readonly events: readonly string[];
  /** When something ends that what is new waits for. */
  readonly nextAt: Date | null;
}

const nothing: Settled = { events: [], nextAt: null };

/**
 * Tells what a rule has gathered and not told, one message for each group; resolves alerts that are about nothing any more. One
 * batch, which names how everything was that it was worked out from: side by side it has its effect once. `seen`: what meets the
 * condition of a rule that looks at how things are; null: it is fed by events.
 */
export const settleRule = (
  org: OrgContext,
  ruleId: string,
  seen: readonly Seen[] | null,
  about: AboutChecks,
): Promise<Settled> => untilItHolds(() => settleOnce(org, ruleId, { seen, about }));

async function settleOnce(org: OrgContext, ruleId: string, known: Known): Promise<Settled> {
  const found = await standingOf(org, ruleId);
  if (!found) return nothing;
  const { standing, channels } = found;
  const news = await toldOf(org, standing.rule, planOf(standing, org.now).tellings, known);
  const plan = planOf(standing, org.now, quietUntil(standing.rule, news, org.now));
  const told = news.filter(({ group }) => plan.tellings.some((telling) => telling.group === group));
  const evaluation = evaluationOf(org, standing.rule, plan);
  const isIdle =
    told.length + plan.forgotten.length + plan.held.length + plan.resolved.length + evaluation.length === 0;
  if (isIdle) return { ...nothing, nextAt: plan.nextAt };
  const events: string[] = [];
  const eventIdOf = (): string => events[events.push(newId()) - 1] ?? "";
  const tellings = told.map((one) => tellingOf(org, standing.rule, one, { channels, eventId: eventIdOf() }));
  await org.db.atomic([
    pinRule(org, standing.rule),
    pinAlerts(org, ruleId, standing.alerts),
    pinFresh(org, ruleId, told),
    ...tellings.flatMap(({ statements }) => statements),
    ...alertTellings(org, ...tellings.map(({ telling }) => telling)),
    ...resolveStatements(org, plan.resolved, { rule: standing.rule, by: null, channels, eventIdOf }),
    ...occasionStatements(org, ruleId, plan),
    ...evaluation,
    countEvaluation(org, [ruleId]),
  ]);
  return { events, nextAt: plan.nextAt };
}

/** In quiet hours only what is critical is told, if that; the rest waits for their end, as for that of a window. */
const quietUntil =
  (rule: AlertRule, news: readonly Told[], now: Date) =>
  ({ group }: Telling): Date => {
    const own = news.find((one) => one.group === group);
    return own ? tellableAt(rule.quietHours, now, severityOf(rule, own.news, null) === "critical") : now;
  };

async function standingOf(
  org: OrgContext,
  ruleId: string,
): Promise<{ standing: Standing; channels: readonly Receiver[] } | null> {
  const [found, open, empty, fresh, channels] = await org.db.atomic([
    org.db
      .select()
      .from(alertRules)
      .where(and(eq(alertRules.orgId, org.id), eq(alertRules.id, ruleId), eq(alertRules.enabled, true))),
    unresolvedAlerts(org, ruleId),
    org.db.sql(
      `SELECT a.id FROM alerts AS a INDEXED BY alerts_unresolved WHERE a.org_id = ?1 AND a.rule_id = ?2 AND a.status <> 'resolved'
         AND NOT EXISTS (SELECT 1 FROM alert_members AS m WHERE m.org_id = ?1 AND m.alert_id = a.id AND m.told = 1)`,
      org.id,
      ruleId,
    ),
    org.db.sql(
      `SELECT m.occasion, m.group_key AS "group", count(*) AS fresh,
         EXISTS (SELECT 1 FROM alert_inbox AS i WHERE i.org_id = ?1 AND i.run_id = m.occasion AND m.occasion <> '') AS gathering
       FROM alert_members AS m INDEXED BY alert_members_fresh WHERE m.org_id = ?1 AND m.rule_id = ?2 AND m.told = 0
       GROUP BY m.occasion, m.group_key`,
      org.id,
      ruleId,
    ),
    channelsStatement(org),
  ]);
  // safe: each statement answers its own columns.
  const [[rule], rows] = [found as AlertRule[], fresh as (Omit<Fresh, "gathering"> & { gathering: number })[]];
  if (!rule) return null;
  const standing: Standing = {
    rule,
    alerts: open as Alert[],
    empty: new Set((empty as { id: string }[]).map(({ id }) => id)),
    fresh: rows.map((row) => ({ ...row, gathering: row.gathering === 1 })),
  };
  return { standing, channels: channels as Receiver[] };
}

/** What there is to say of each group. One round trip, and none where there is nothing to tell. */
async function toldOf(org: OrgContext, rule: AlertRule, tellings: readonly Telling[], known: Known): Promise<Told[]> {
  if (tellings.length === 0) return [];
  const asked = tellings.map((telling) => newsStatements(org, rule, telling));
  const answers = await org.db.atomic(asked.flat());
  const each = asked[0]?.length ?? 1;
  return tellings.map((telling, at) => ({
    ...telling,
    ...readNews(rule, known, answers.slice(at * each, (at + 1) * each)),
  }));
}

/** Occasions with too little are forgotten; those with enough that must wait are not counted again. */
function occasionStatements(org: OrgContext, ruleId: string, { forgotten, held }: Plan): Statement[] {
  const among = `org_id = ?1 AND rule_id = ?2 AND told = 0 AND occasion IN (SELECT value FROM json_each(?3))`;
  const change = (what: string, occasions: readonly string[]): Statement[] =>
    occasions.length === 0 ? [] : [org.db.sql(`${what} WHERE ${among}`, org.id, ruleId, JSON.stringify(occasions))];
  return [...change("DELETE FROM alert_members", forgotten), ...change("UPDATE alert_members SET occasion = ''", held)];
}

/** Kept while nothing new meets the condition, so that people see what the rule did last. */
function evaluationOf(org: OrgContext, { id, lastEvaluation }: AlertRule, { matched, tellings }: Plan): Statement[] {
  const messages = tellings.length;
  const isKnown =
    matched === 0 || (messages === 0 && lastEvaluation?.matched === matched && lastEvaluation.messages === 0);
  if (isKnown) return [];
  return [
    org.db
      .update(alertRules)
      .set({ lastEvaluation: { at: org.now.toISOString(), matched, messages } })
      .where(and(eq(alertRules.orgId, org.id), eq(alertRules.id, id))),
  ];
}
