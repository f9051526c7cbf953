import { severities, type Severity } from "#checks/check";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { CheckCounts } from "#db/values";
import { Fault, notFound } from "#lib/fault";
import { namedFrameworks, ownIn, ownStatements, scoredFramework } from "#modules/compliance";
import { aboutChecks } from "#scans/about";
import { dayAfter, daysBetween, pointsOf, type Interval, type Point, type Series } from "./days.ts";

export const metrics = ["open_findings", "opened", "resolved", "resources", "score", "spend", "savings"] as const;
export type Metric = (typeof metrics)[number];

export interface TrendQuery {
  readonly metric: Metric;
  readonly interval: Interval;
  /** `2026-11-01`, included; left out: 30 days. */
  readonly from?: string | undefined;
  /** Included; left out: today. */
  readonly to?: string | undefined;
  readonly severity?: readonly Severity[] | undefined;
  readonly accountId?: string | undefined;
  readonly framework?: string | undefined;
}

export interface Trend extends TrendQuery {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export const trendDaysMax = 1_100;
const daysByDefault = 30;
const frameworkByDefault = "aws_fsbp";

/** One metric day by day, week by week or month by month: a row for each day with one, and the newest before. Faults: INVALID_REQUEST, RESOURCE_NOT_FOUND. */
export async function getTrend(org: OrgContext, query: TrendQuery): Promise<Trend> {
  const { from, to } = stretchOf(org, query);
  refuseUnfit(query);
  const { accountId } = query;
  const isScore = query.metric === "score";
  const [rows, ...more] = await org.db.atomic([
    isScore ? verdictRows(org, accountId, from, to) : statRows(org, accountId, from, to),
    ...(isScore ? ownStatements(org) : []),
    ...(accountId === undefined ? [] : [accountStatement(org, accountId)]),
  ]);
  // safe: each statement answers its own columns.
  if (accountId !== undefined && (more.at(-1) as unknown[]).length === 0) throw notFound("account");
  const series = isScore
    ? await scoreSeries(org, query, rows as VerdictRow[], more)
    : statSeries(query, rows as StoredRow[]);
  return { ...query, from, to, points: pointsOf(fromOn(series, from), from, to, query.interval) };
}

function stretchOf(org: OrgContext, query: TrendQuery): { from: string; to: string } {
  const today = org.now.toISOString().slice(0, 10);
  const to = query.to === undefined || query.to > today ? today : query.to;
  const from = query.from ?? dayAfter(to, 1 - daysByDefault);
  const days = daysBetween(from, to);
  if (days >= 1 && days <= trendDaysMax) return { from, to };
  throw invalid("from", `\`from\` comes before \`to\`, and before tomorrow, by ${trendDaysMax} days at most`);
}

const bySeverity: readonly Metric[] = ["open_findings", "opened", "resolved"];

function refuseUnfit({ metric, severity, framework }: TrendQuery): void {
  if (severity && !bySeverity.includes(metric))
    throw invalid("severity", `goes with ${bySeverity.join(", ")}, not with ${metric}`);
  if (framework !== undefined && metric !== "score") throw invalid("framework", `goes with score, not with ${metric}`);
}

const invalid = (pointer: string, message: string): Fault =>
  new Fault("INVALID_REQUEST", `query ${pointer}: ${message}.`, { errors: [{ in: "query", pointer, message }] });

const idOf = "(SELECT id FROM accounts WHERE org_id = ?1 AND (id = ?2 OR aws_account_id = ?2))";

const accountStatement = (org: OrgContext, account: string): Statement =>
  org.db.sql(`SELECT ${idOf} AS id WHERE ${idOf} IS NOT NULL`, org.id, account);

/** Rows of the days, and the newest before that says how things stood. */
const rowsOf = (
  org: OrgContext,
  table: string,
  newest: string,
  [account, from, to]: [string | undefined, string, string],
) => {
  const mine = `org_id = ?1 AND account_id = CASE WHEN ?2 IS NULL THEN '' ELSE ${idOf} END`;
  return org.db.sql(
    `SELECT * FROM (SELECT * FROM ${table} WHERE ${mine} AND day < ?3 ${newest} ORDER BY day DESC LIMIT 1)
     UNION ALL SELECT * FROM (SELECT * FROM ${table} WHERE ${mine} AND day >= ?3 AND day <= ?4 ORDER BY day)`,
    org.id,
    account ?? null,
    from,
    to,
  );
};

const statRows = (org: OrgContext, ...stretch: [string | undefined, string, string]): Statement =>
  rowsOf(org, "daily_stats", "AND open_low IS NOT NULL", stretch);

interface VerdictRow {
  readonly day: string;
  readonly checks: string;
}

const verdictRows = (org: OrgContext, ...stretch: [string | undefined, string, string]): Statement =>
  rowsOf(org, "daily_verdicts", "", stretch);

/** Columns as they are stored: the rows come from SQL written by hand. */
type StoredRow = Readonly<Record<string, string | number | null>>;

function statSeries({ metric, severity = severities }: TrendQuery, rows: readonly StoredRow[]): Days {
  const valueOf = (row: StoredRow): number | null => {
    const sum = (prefix: string): number | null =>
      severity.reduce<number | null>((total, one) => {
        const value = row[`${prefix}_${one}`] ?? null;
        return total === null || value === null ? null : total + Number(value);
      }, 0);
    if (metric === "open_findings") return sum("open");
    if (metric === "opened" || metric === "resolved") return sum(metric);
    const value = row[metric] ?? null;
    if (value === null) return null;
    return metric === "savings" ? Number(value) / 100 : Number(value);
  };
  return {
    kind: metric === "opened" || metric === "resolved" ? "sum" : "last",
    days: rows.map((row) => [String(row["day"]), valueOf(row)]),
  };
}

async function scoreSeries(
  org: OrgContext,
  { framework = frameworkByDefault }: TrendQuery,
  rows: readonly VerdictRow[],
  answers: readonly unknown[],
): Promise<Days> {
  const about = await aboutChecks(org.env);
  const own = ownIn(answers);
  const [named] = namedFrameworks(own, [framework]);
  if (!named) throw notFound("framework");
  const scoreOf = (checks: string): number | null =>
    scoredFramework(about, named, own, { verdicts: JSON.parse(checks) as CheckCounts, excepted: null }).score.score;
  return { kind: "last", days: rows.map(({ day, checks }) => [day, scoreOf(checks)]) };
}

interface Days {
  readonly kind: Series["kind"];
  readonly days: readonly (readonly [string, number | null])[];
}

/** Parts what was before from what was asked for. */
function fromOn({ kind, days }: Days, from: string): Series {
  const known = days.flatMap(([day, value]) => (value === null ? [] : [[day, value] as const]));
  const before = known.find(([day]) => day < from)?.[1] ?? null;
  return { kind, before: kind === "last" ? before : null, values: new Map(known.filter(([day]) => day >= from)) };
}
