import { z } from "@hono/zod-openapi";
import { severities } from "#checks/check";
import { commaList } from "#http/shapes";
import { AccountRef } from "#modules/accounts";
import { channelKinds } from "#modules/channels";
import { scanBody, ScanBody } from "#modules/scans";
import { checkOf } from "#scans/catalogue";
import { intervals } from "./days.ts";
import { soonDays, soonMax, trendDays, type Overview } from "./overview.ts";
import { metrics, trendDaysMax, type Trend } from "./trends.ts";

const time = z.iso.datetime();
const Day = z.iso.date().openapi({ example: "2026-03-13" });

const Happened = z.object({ opened: z.int(), resolved: z.int() });

const Since = z.object({ reason: z.string().nullable(), since: time });

/** Nobody has scanned it to an end for so long. */
const staleMs = 48 * 3_600_000;

const AccountState = z.object({
  id: z.uuid(),
  awsAccountId: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  status: z.enum(["pending", "ok", "error"]),
  lastScanId: z.uuid().nullable(),
  lastScanAt: time.nullable(),
  lastScanState: z.string().nullable(),
  stale: z
    .boolean()
    .openapi({ description: "No scan has ended for 48 hours, or the last one failed; never of a disabled account." }),
});

const TopRecommendation = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  type: z.string(),
  title: z.string(),
  category: z.string(),
  priorityScore: z.number(),
  findings: z.object({ total: z.int(), critical: z.int(), high: z.int(), medium: z.int(), low: z.int() }),
  countedMonthlySavings: z.number().openapi({ description: "USD; these may be added up." }),
});

export const OverviewBody = z
  .object({
    asOf: time,
    findings: z.object({
      open: z.int(),
      bySeverity: z.object({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int() }),
      last7Days: Happened,
      last30Days: Happened,
    }),
    resources: z.int(),
    estimatedMonthlySavings: z.number().openapi({ description: "USD: all that is open, the same money counted once." }),
    trend: z
      .array(
        z.object({
          day: Day,
          open: z.int().nullable().openapi({ description: "Null: nothing was known yet." }),
          ...Happened.shape,
          filled: z.boolean().openapi({ description: "Nobody looked that day: `open` is what was known before." }),
        }),
      )
      .openapi({ description: `The last ${trendDays} days, UTC.` }),
    recommendations: z.array(TopRecommendation).openapi({ description: "What to do first: five at most." }),
    recentScans: z.array(ScanBody).openapi({ description: "The newest ten." }),
    runningScans: z.array(ScanBody),
    accounts: z.array(AccountState),
    staleAccounts: z.int(),
    compliance: z
      .array(
        z.object({ id: z.string(), title: z.string(), edition: z.string().nullable(), score: z.number().nullable() }),
      )
      .openapi({ description: "The frameworks that are built in, as of the last scans; empty: nothing was scanned." }),
    expiringSoon: z.object({ withinDays: z.int(), count: z.int(), more: z.boolean() }).openapi({
      description: `What has a date; \`more\`: counting stopped at ${soonMax}. \`GET /expirations\` lists all.`,
    }),
    disabledWebhooks: z.array(z.object({ id: z.uuid(), host: z.string(), ...Since.shape })),
    disabledChannels: z.array(z.object({ id: z.uuid(), kind: z.enum(channelKinds), name: z.string(), ...Since.shape })),
  })
  .openapi("DashboardOverview");

export function overviewBody(overview: Overview, now: Date): z.input<typeof OverviewBody> {
  const open = (subject: string, dimension: string, value = ""): number =>
    overview.counted.find((row) => row.subject === subject && row.dimension === dimension && row.value === value)
      ?.open ?? 0;
  const accounts = overview.accounts.map((row) => accountState(row, now));
  return {
    asOf: now.toISOString(),
    findings: {
      open: open("finding", "all"),
      bySeverity: {
        critical: open("finding", "severity", "critical"),
        high: open("finding", "severity", "high"),
        medium: open("finding", "severity", "medium"),
        low: open("finding", "severity", "low"),
      },
      last7Days: overview.last7Days,
      last30Days: overview.last30Days,
    },
    resources: overview.counted.find(({ subject }) => subject === "resource")?.total ?? 0,
    estimatedMonthlySavings: open("saving", "all") / 100,
    trend: overview.trend.map((one) => ({ ...one })),
    recommendations: overview.recommendations.map(recommendationBody),
    recentScans: overview.recentScans.map(scanBody),
    runningScans: overview.runningScans.map(scanBody),
    accounts,
    staleAccounts: accounts.filter(({ stale }) => stale).length,
    compliance: overview.compliance.map(({ framework: { id, title, edition }, score }) => ({
      id,
      title,
      edition,
      score: score.score,
    })),
    expiringSoon: { withinDays: soonDays, count: overview.expiringSoon, more: overview.expiringSoon === soonMax },
    ...disabledBodies(overview.disabled),
  };
}

const disabledBodies = (disabled: Overview["disabled"]) => ({
  disabledWebhooks: disabled.flatMap(({ id, kind, url, reason, since }) =>
    kind === "webhook" ? [{ id, host: new URL(url).host, reason, since }] : [],
  ),
  disabledChannels: disabled.flatMap(({ id, kind, name, reason, since }) =>
    kind === "webhook" ? [] : [{ id, kind, name: name ?? "", reason, since }],
  ),
});

function accountState(row: Overview["accounts"][number], now: Date): z.input<typeof AccountState> {
  const { id, awsAccountId, name, enabled, status, lastScanId, lastScanAt, lastScanState } = row;
  const isOld = lastScanAt === null || now.getTime() - Date.parse(lastScanAt) > staleMs;
  const stale = enabled && (isOld || lastScanState === "error");
  return { id, awsAccountId, name, enabled, status, lastScanId, lastScanAt, lastScanState, stale };
}

function recommendationBody(row: Overview["recommendations"][number]): z.input<typeof TopRecommendation> {
  const { id, accountId, type, low, medium, high, critical } = row;
  return {
    id,
    accountId,
    type,
    title: checkOf(type)?.title ?? type,
    category: row.category ?? "operations",
    priorityScore: row.priority,
    findings: { total: low + medium + high + critical, critical, high, medium, low },
    countedMonthlySavings: row.savingsCounted / 100,
  };
}

export const TrendQuery = z.object({
  metric: z.enum(metrics).openapi({
    description:
      "`open_findings`, `resources`, `savings` (USD a month) and `spend` (USD of 30 days) as they stood at the end; `opened` (also again) and " +
      "`resolved` findings added up; `score` of a framework.",
  }),
  interval: z.enum(intervals).default("day").openapi({ description: "Weeks begin on Monday. UTC." }),
  from: Day.optional().openapi({ description: "The first day; left out: 30 days in all." }),
  to: Day.optional().openapi({ description: `The last day; left out: today. ${trendDaysMax} days at most.` }),
  severity: commaList(severities, "critical,high").optional(),
  accountId: AccountRef.optional(),
  framework: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .openapi({ description: "With `score`; left out: `aws_fsbp`.", example: "soc2" }),
});

export const TrendBody = z
  .object({
    metric: z.enum(metrics),
    interval: z.enum(intervals),
    from: Day,
    to: Day,
    points: z.array(
      z.object({
        from: Day,
        to: Day,
        value: z.number().nullable().openapi({ description: "Null: nothing was known yet." }),
        filled: z.boolean().openapi({ description: "Nobody looked in this stretch: it is what was known before." }),
      }),
    ),
  })
  .openapi("DashboardTrend", {
    example: {
      metric: "open_findings",
      interval: "day",
      from: "2026-03-12",
      to: "2026-03-13",
      points: [
        { from: "2026-03-12", to: "2026-03-12", value: 54, filled: false },
        { from: "2026-03-13", to: "2026-03-13", value: 54, filled: true },
      ],
    },
  });

export const trendBody = ({ metric, interval, from, to, points }: Trend): z.input<typeof TrendBody> => ({
  metric,
  interval,
  from,
  to,
  points: [...points],
});
