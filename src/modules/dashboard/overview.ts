import { and, desc, eq, gte, isNotNull, lt, ne, sql, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { accounts, dailyStats, recommendations, scans, type counters } from "#db/schema";
import type { ChannelKind, CheckCounts } from "#db/values";
import { knownFrameworks, ownStatements, scoredFramework, type ScoredFramework } from "#modules/compliance";
import { aboutChecks } from "#scans/about";
import type { ScanRow } from "#scans/claim";
import { areActive } from "#scans/start";
import type { OwnRule } from "#scores/controls";
import { dayAfter, pointsOf } from "./days.ts";

type AccountRow = InferSelectModel<typeof accounts>;
type RecommendationRow = InferSelectModel<typeof recommendations>;
type CounterRow = InferSelectModel<typeof counters>;
type DayRow = InferSelectModel<typeof dailyStats>;

/** A webhook or a channel: told nothing any more. */
export interface Disabled {
  readonly id: string;
  readonly kind: ChannelKind;
  /** Of a channel. */
  readonly name: string | null;
  readonly url: string;
  readonly reason: string | null;
  readonly since: string;
}

/** What happened in the last days. */
interface Happened {
  readonly opened: number;
  readonly resolved: number;
}

/** A day of the trend. */
export interface TrendDay extends Happened {
  readonly day: string;
  /** Null: nothing was known yet. */
  readonly open: number | null;
  /** Nobody looked that day: `open` is what was known before. */
  readonly filled: boolean;
}

export interface Overview {
  readonly recentScans: readonly ScanRow[];
  readonly runningScans: readonly ScanRow[];
  readonly counted: readonly CounterRow[];
  readonly last7Days: Happened;
  readonly last30Days: Happened;
  readonly trend: readonly TrendDay[];
  readonly recommendations: readonly RecommendationRow[];
  readonly accounts: readonly AccountRow[];
  readonly compliance: readonly ScoredFramework[];
  /** `soonMax` at most. */
  readonly expiringSoon: number;
  readonly disabled: readonly Disabled[];
}

export const trendDays = 30;
const recentMax = 10;
const recommendationsMax = 5;

/** No more of what ends soon is counted. */
export const soonMax = 10;
export const soonDays = 30;

/**
 * How an organization stands. One round trip: a row for each scan shown, account, day of the trend, disabled webhook or channel and rule of its own,
 * and no more than 40 others. Fault: UNAVAILABLE.
 */
export async function getOverview(org: OrgContext): Promise<Overview> {
  const today = org.now.toISOString().slice(0, 10);
  const since = dayAfter(today, 1 - trendDays);
  const [rules] = ownStatements(org);
  const answers = await org.db.atomic([
    ...scanStatements(org),
    org.db.sql(
      `SELECT c.* FROM json_each('[["finding","severity"],["finding","all"],["resource","all"],["saving","all"]]') AS p CROSS JOIN counters AS c
       WHERE c.org_id = ?1 AND c.subject = p.value ->> 0 AND c.dimension = p.value ->> 1`,
      org.id,
    ),
    ...dayStatements(org, since),
    topStatement(org),
    org.db.select().from(accounts).where(eq(accounts.orgId, org.id)).orderBy(accounts.id),
    org.db.sql(
      "SELECT checks FROM daily_verdicts WHERE org_id = ?1 AND account_id = '' ORDER BY day DESC LIMIT 1",
      org.id,
    ),
    rules,
    soonStatement(org),
    org.db.sql(
      `SELECT id, kind, name, url, disabled_reason AS reason, coalesce(disabled_at, updated_at) AS since FROM webhooks
       WHERE org_id = ?1 AND status = 'disabled' ORDER BY id`,
      org.id,
    ),
  ]);
  // safe: each statement answers its own columns.
  return read(org, answers as Answers, { since, today });
}

const scanStatements = (org: OrgContext) => {
  const mine = eq(scans.orgId, org.id);
  return [
    org.db.select().from(scans).where(mine).orderBy(desc(scans.id)).limit(recentMax),
    org.db
      .select()
      .from(scans)
      .where(and(mine, areActive(org))),
  ];
};

/** The newest that is known of before, and the days themselves. */
const dayStatements = (org: OrgContext, since: string) => {
  const mine = and(eq(dailyStats.orgId, org.id), eq(dailyStats.accountId, ""));
  return [
    org.db
      .select()
      .from(dailyStats)
      .where(and(mine, lt(dailyStats.day, since), isNotNull(dailyStats.openLow)))
      .orderBy(desc(dailyStats.day))
      .limit(1),
    org.db
      .select()
      .from(dailyStats)
      .where(and(mine, gte(dailyStats.day, since)))
      .orderBy(dailyStats.day),
  ];
};

const topStatement = (org: OrgContext) =>
  org.db
    .select()
    .from(recommendations)
    .where(
      and(
        eq(recommendations.orgId, org.id),
        eq(recommendations.status, "open"),
        // As the partial index has it: with findings left.
        sql`low + medium + high + critical > 0`,
        ne(recommendations.id, ""),
      ),
    )
    .orderBy(desc(recommendations.priority), desc(recommendations.id))
    .limit(recommendationsMax);

const soonStatement = (org: OrgContext) =>
  org.db.sql(
    `SELECT count(*) AS n FROM (SELECT 1 FROM resources INDEXED BY resources_by_lapse
       WHERE org_id = ?1 AND expires_at IS NOT NULL AND expires_at > ?2 AND expires_at <= ?3 LIMIT ${soonMax})`,
    org.id,
    org.now.toISOString(),
    new Date(org.now.getTime() + soonDays * 86_400_000).toISOString(),
  );

type Answers = [
  ScanRow[],
  ScanRow[],
  CounterRow[],
  DayRow[],
  DayRow[],
  RecommendationRow[],
  AccountRow[],
  { readonly checks: string }[],
  OwnRule[],
  { readonly n: number }[],
  Disabled[],
];

async function read(
  org: OrgContext,
  answers: Answers,
  { since, today }: { since: string; today: string },
): Promise<Overview> {
  const [recent, running, counted, before, days, top, known, [verdicts], rules, [soon], disabled] = answers;
  return {
    recentScans: recent,
    runningScans: running,
    counted,
    last7Days: happenedIn(days.filter(({ day }) => day >= dayAfter(today, -6))),
    last30Days: happenedIn(days),
    trend: trendOf(days, { since, today, before: before[0] ? openOf(before[0]) : null }),
    recommendations: top,
    accounts: known,
    compliance: verdicts ? await complianceOf(org, verdicts.checks, rules) : [],
    expiringSoon: soon?.n ?? 0,
    disabled,
  };
}

const happenedIn = (days: readonly DayRow[]): Happened => ({
  opened: days.reduce((sum, row) => sum + row.openedLow + row.openedMedium + row.openedHigh + row.openedCritical, 0),
  resolved: days.reduce(
    (sum, row) => sum + row.resolvedLow + row.resolvedMedium + row.resolvedHigh + row.resolvedCritical,
    0,
  ),
});

/** Null: nobody looked that day. */
const openOf = ({ openLow, openMedium, openHigh, openCritical }: DayRow): number | null =>
  openLow === null ? null : openLow + (openMedium ?? 0) + (openHigh ?? 0) + (openCritical ?? 0);

function trendOf(
  days: readonly DayRow[],
  { since, today, before }: { since: string; today: string; before: number | null },
): TrendDay[] {
  const byDay = new Map(days.map((row) => [row.day, row]));
  const values = new Map(
    days.flatMap((row): [string, number][] => {
      const open = openOf(row);
      return open === null ? [] : [[row.day, open]];
    }),
  );
  return pointsOf({ values, before, kind: "last" }, since, today, "day").map(({ from, value, filled }) => {
    const row = byDay.get(from);
    return { day: from, open: value, filled, ...happenedIn(row ? [row] : []) };
  });
}

/** The frameworks that are built in, from what was counted last. */
async function complianceOf(org: OrgContext, checks: string, rules: readonly OwnRule[]): Promise<ScoredFramework[]> {
  const about = await aboutChecks(org.env);
  const counted = { verdicts: JSON.parse(checks) as CheckCounts, excepted: null };
  const own = { rules, frameworks: [] };
  return knownFrameworks(own).map((framework) => scoredFramework(about, framework, own, counted));
}
