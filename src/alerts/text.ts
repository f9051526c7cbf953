import type { AlertCondition, StoredSeverity } from "#db/values";

const severest: readonly StoredSeverity[] = ["critical", "high", "medium", "low"];

/** `1 finding`, `5,000 findings`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;

/** How many of each severity. */
export type SeverityCounts = Readonly<Partial<Record<StoredSeverity, number>>>;

/** `2 critical, 10 high`. */
export const severitiesInWords = (counts: SeverityCounts): string =>
  severest
    .flatMap((severity) => (counts[severity] ? [`${counts[severity].toLocaleString("en-US")} ${severity}`] : []))
    .join(", ");

export const gravestOf = (severities: readonly (StoredSeverity | null)[]): StoredSeverity | null =>
  severest.find((severity) => severities.includes(severity)) ?? null;

/** What an alert of such a rule counts. */
const things: Readonly<Record<AlertCondition["kind"], readonly [string, string]>> = {
  findings: ["finding", "findings"],
  open_findings: ["finding", "findings"],
  score_below: ["framework", "frameworks"],
  expiring: ["thing that ends", "things that end"],
  spend_over: ["account", "accounts"],
  scan_ended: ["account", "accounts"],
  no_complete_scan: ["account", "accounts"],
  policy_failed: ["policy", "policies"],
  webhook_failing: ["webhook or channel", "webhooks and channels"],
};

export const thingsInWords = (condition: AlertCondition, count: number): string => {
  const [one, many] = things[condition.kind];
  return counted(count, one, many);
};
