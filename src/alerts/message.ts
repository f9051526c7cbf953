import type { AlertItem, AlertMessage, StoredSeverity } from "#db/values";
import { fitted, itemsMax } from "./fit.ts";
import { subjectsMax, type Seen } from "./look.ts";
import type { Alert, AlertRule } from "./rule.ts";
import { gravestOf, severitiesInWords, thingsInWords, type SeverityCounts } from "./text.ts";

/** What is new of one group, ready to be told. */
export interface News {
  readonly fresh: number;
  /** Of `fresh`, those that the alert told of before they became critical. */
  readonly again: number;
  readonly items: readonly AlertItem[];
  /** Of `fresh`, those that are not among the items. */
  readonly omitted: number;
  readonly severity: StoredSeverity | null;
  readonly title: string;
  readonly summary: string;
}

/** Of findings: how many of each severity, and the gravest of them. */
export function findingNews(rule: AlertRule, counts: SeverityCounts, items: readonly AlertItem[], again = 0): News {
  const fresh = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const things = thingsInWords(rule.condition, fresh);
  return {
    fresh,
    again,
    items,
    omitted: fresh - items.length,
    severity: gravestOf(items.map(({ severity }) => severity)),
    title: `${rule.name}: ${things}`,
    summary: `${things} opened or came back${again > 0 ? " or became critical" : ""}: ${severitiesInWords(counts)}.`,
  };
}

/** Of things that meet a condition. `isMore`: there were more than are looked at. */
export function stateNews(rule: AlertRule, seen: readonly Seen[], isMore: boolean): News {
  const [first] = seen;
  const shown = seen.slice(0, itemsMax);
  const items = [...shown.map(({ item }) => item), ...shown.flatMap(({ also = [] }) => also)].slice(0, itemsMax);
  const things = `${isMore ? "More than " : ""}${thingsInWords(rule.condition, isMore ? subjectsMax : seen.length)}`;
  const names = shown.slice(0, 3).map(({ item }) => item.title);
  const isOne = seen.length === 1 && first !== undefined;
  return {
    fresh: seen.length,
    again: 0,
    items,
    omitted: seen.length - shown.length,
    severity: gravestOf(items.map(({ severity }) => severity)),
    title: `${rule.name}: ${isOne ? first.item.title : things}`,
    summary: isOne ? first.item.summary : `${things}: ${names.join(", ")}${seen.length > names.length ? " …" : "."}`,
  };
}

/** As grave as the rule says, else as the gravest thing it was ever about. */
export const severityOf = (rule: AlertRule, news: News, alert: Alert | null): StoredSeverity =>
  rule.severity ?? gravestOf([news.severity, alert?.severity ?? null]) ?? "medium";

/** What an alert tells. */
export interface About {
  readonly alertId: string;
  readonly status: AlertMessage["status"];
  readonly severity: StoredSeverity;
  readonly group: string;
  readonly runId: string | null;
  readonly active: number;
  readonly at: Date;
}

export const triggeredMessage = (rule: Pick<AlertRule, "id" | "name">, news: News, about: About): AlertMessage =>
  fitted({
    ruleId: rule.id,
    ruleName: rule.name,
    ...about,
    title: news.title,
    summary: news.summary,
    group: about.group === "" ? null : about.group,
    at: about.at.toISOString(),
    fresh: news.fresh,
    items: news.items,
    omitted: news.omitted,
  });

/** `by`: a name; null: its cause is gone. */
export const resolvedMessage = (alert: Alert, by: string | null, at: Date): AlertMessage =>
  fitted({
    alertId: alert.id,
    ruleId: alert.ruleId,
    ruleName: alert.ruleName,
    status: "resolved",
    severity: alert.severity,
    title: alert.title,
    summary: by === null ? "Nothing of what it was about is left." : `Resolved by ${by}.`,
    group: alert.groupKey === "" ? null : alert.groupKey,
    runId: alert.runId,
    at: at.toISOString(),
    active: 0,
    fresh: 0,
    items: alert.items,
    omitted: Math.max(0, alert.total - alert.items.length),
  });
