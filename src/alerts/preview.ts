import type { OrgContext } from "#db/context";
import type { AlertCondition, AlertItem, AlertMessage, StoredSeverity } from "#db/values";
import type { AboutChecks } from "#scans/about";
import { aboutIfThere, gravest, itemsOf } from "./items.ts";
import { itemsMax } from "./fit.ts";
import { subjectsMax, type StateCondition } from "./look.ts";
import { findingNews, severityOf, stateNews, triggeredMessage, type News } from "./message.ts";
import { channelsOf, groupOf, groupSql, type AlertRule } from "./rule.ts";
import { lookNow, openCount, openOnes } from "./sight.ts";

/** Where how much of it would go. */
export interface PreviewedRoute {
  /** Null: to the rule's own channels. */
  readonly group: string | null;
  readonly channels: readonly string[];
  readonly count: number;
}

/** What a rule would do. */
export interface AlertPreview {
  readonly wouldTell: boolean;
  /** Things that meet the condition now. */
  readonly matching: number;
  /** Of findings: those first seen by the last scan of their account; null for other conditions. */
  readonly newInLastScan: number | null;
  readonly items: readonly AlertItem[];
  readonly routes: readonly PreviewedRoute[];
  /** As it would be told, routes apart; null: nothing would be. */
  readonly message: AlertMessage | null;
}

type FindingsCondition = Exclude<AlertCondition, StateCondition>;

/** An alert that is none. */
const noAlertId = "00000000-0000-0000-0000-000000000000";

/** What a rule would do, held against the last scan of each account, or how things are now. Writes nothing. */
export async function previewRule(org: OrgContext, rule: AlertRule): Promise<AlertPreview> {
  const about = await aboutIfThere(org);
  const { condition } = rule;
  return condition.kind === "findings"
    ? previewFindings(org, rule, condition, about)
    : previewState(org, rule, condition, about);
}

function messageOf(org: OrgContext, rule: AlertRule, news: News): AlertMessage {
  const severity = severityOf(rule, news, null);
  const place = { status: "open", group: "", runId: null, active: news.fresh, at: org.now } as const;
  return triggeredMessage(rule, news, { alertId: noAlertId, severity, ...place });
}

async function previewState(
  org: OrgContext,
  rule: AlertRule,
  condition: StateCondition,
  about: AboutChecks,
): Promise<AlertPreview> {
  const { seen } = await lookNow(org, condition, about);
  const groups = Map.groupBy(seen, (one) => groupOf(rule.route, one));
  const message = seen.length > 0 ? messageOf(org, rule, stateNews(rule, seen, seen.length > subjectsMax)) : null;
  return {
    wouldTell: seen.length > 0,
    matching: seen.length,
    newInLastScan: null,
    items: message?.items ?? [],
    routes: [...groups].map(([group, own]) => routeOf(rule, group, own.length)),
    message,
  };
}

const routeOf = (rule: AlertRule, group: string, count: number): PreviewedRoute => ({
  group: group === "" ? null : group,
  channels: channelsOf(rule, group),
  count,
});

/** First seen by the last scan of its account. */
const isNew = `f.first_detected_at >= (SELECT s.created_at FROM accounts AS a CROSS JOIN scans AS s
  WHERE a.org_id = ?1 AND a.id = f.account_id AND s.org_id = ?1 AND s.id = a.last_scan_id)`;

async function previewFindings(
  org: OrgContext,
  rule: AlertRule,
  { filter, atLeast }: FindingsCondition,
  about: AboutChecks,
): Promise<AlertPreview> {
  const [from, json] = [openOnes(filter), JSON.stringify(filter)];
  const [total, bySeverity, newOnes, any, groups] = await org.db.atomic([
    openCount(org, filter),
    org.db.sql(`SELECT f.severity, count(*) AS findings FROM ${from} AND ${isNew} GROUP BY f.severity`, org.id, json),
    gravest(org, `${from} AND ${isNew}`, json),
    gravest(org, from, json),
    org.db.sql(
      `SELECT ${groupSql(rule.route, "?3")} AS "group", count(*) AS count FROM ${from} AND ${isNew} AND ?3 <> '' GROUP BY 1`,
      org.id,
      json,
      JSON.stringify(rule.route),
    ),
  ]);
  // safe: the statements' own columns.
  const counts = (bySeverity as { severity: StoredSeverity; findings: number }[]).map(
    ({ severity, findings }) => [severity, findings] as const,
  );
  const news = findingNews(rule, Object.fromEntries(counts), itemsOf(newOnes, about));
  const wouldTell = news.fresh >= atLeast;
  const message = wouldTell ? messageOf(org, rule, news) : null;
  return {
    wouldTell,
    matching: (total as { count: number }[])[0]?.count ?? 0,
    newInLastScan: news.fresh,
    items: message?.items ?? itemsOf(any, about).slice(0, itemsMax),
    routes: (groups as { group: string; count: number }[]).map(({ group, count }) => routeOf(rule, group, count)),
    message,
  };
}
