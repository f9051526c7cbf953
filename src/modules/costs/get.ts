import type { OrgContext } from "#db/context";
import { Fault } from "#lib/fault";

export interface CostFilters {
  readonly accountId?: readonly string[] | undefined;
  /** Cost Explorer's names. */
  readonly service?: readonly string[] | undefined;
  /** `2026-11-01`, included. */
  readonly from?: string | undefined;
  /** Not included. */
  readonly to?: string | undefined;
}

/** What was spent in a stretch of days. */
export interface Costs {
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly total: number;
  readonly byDay: readonly { readonly day: string; readonly amount: number; readonly estimated: boolean }[];
  readonly byService: readonly { readonly service: string; readonly amount: number }[];
  readonly byAccount: readonly { readonly accountId: string; readonly awsAccountId: string; readonly amount: number }[];
}

interface DayRow {
  readonly accountId: string;
  readonly awsAccountId: string;
  readonly day: string;
  readonly currency: string;
  readonly services: string;
  readonly estimated: number;
}

const daysByDefault = 30;
const daysMax = 400;
const dayMs = 86_400_000;

/**
 * Spend by day, by service and by account: the last 30 days when no stretch is named. Accounts whose Cost Explorer may not be
 * asked are left out. Fault: INVALID_REQUEST for a stretch that ends before it begins or is longer than 400 days.
 */
export async function getCosts(org: OrgContext, filters: CostFilters): Promise<Costs> {
  const { from, to } = stretchOf(org, filters);
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT d.account_id AS accountId, a.aws_account_id AS awsAccountId, d.day, d.currency, d.services, d.estimated
       FROM accounts AS a CROSS JOIN daily_costs AS d ON d.org_id = ?1 AND d.account_id = a.id AND d.day >= ?2 AND d.day < ?3
       WHERE a.org_id = ?1 AND (?4 IS NULL OR a.id IN (SELECT value FROM json_each(?4)) OR a.aws_account_id IN (SELECT value FROM json_each(?4)))
       ORDER BY d.day`,
      org.id,
      from,
      to,
      filters.accountId ? JSON.stringify(filters.accountId) : null,
    ),
  ]);
  // safe: the statement's own columns.
  const days = rows as DayRow[];
  const [first] = days;
  const entries = days.flatMap((row) => entriesOf(row, filters.service));
  return {
    from,
    to,
    // One currency: Cost Explorer tells USD, in China CNY.
    currency: first?.currency ?? "USD",
    total: sumOf(entries),
    byDay: groups(entries, ({ day }) => day).map(([day, own]) => ({
      day,
      amount: sumOf(own),
      estimated: own.some(({ estimated }) => estimated),
    })),
    byService: groups(entries, ({ service }) => service)
      .map(([service, own]) => ({ service, amount: sumOf(own) }))
      .toSorted((a, b) => b.amount - a.amount),
    byAccount: groups(entries, ({ accountId }) => accountId)
      .map(([accountId, own]) => ({ accountId, awsAccountId: own[0]?.awsAccountId ?? "", amount: sumOf(own) }))
      .toSorted((a, b) => b.amount - a.amount),
  };
}

function stretchOf(org: OrgContext, filters: CostFilters): { from: string; to: string } {
  const to = filters.to ?? org.now.toISOString().slice(0, 10);
  const from = filters.from ?? new Date(Date.parse(to) - daysByDefault * dayMs).toISOString().slice(0, 10);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs;
  if (days > 0 && days <= daysMax) return { from, to };
  throw new Fault("INVALID_REQUEST", `\`to\` comes after \`from\`, by ${daysMax} days at most.`);
}

interface Entry {
  readonly accountId: string;
  readonly awsAccountId: string;
  readonly day: string;
  readonly service: string;
  readonly amount: number;
  readonly estimated: boolean;
}

const entriesOf = ({ services, estimated, ...row }: DayRow, wanted: readonly string[] | undefined): Entry[] =>
  // safe: written by the scan, service → amount.
  Object.entries(JSON.parse(services) as Record<string, number>)
    .filter(([service]) => wanted?.includes(service) ?? true)
    .map(([service, amount]) => ({ ...row, service, amount, estimated: estimated === 1 }));

const groups = (entries: readonly Entry[], by: (entry: Entry) => string): [string, Entry[]][] => [
  ...Map.groupBy(entries, by),
];

/** In cents. */
const sumOf = (entries: readonly Entry[]): number =>
  Math.round(entries.reduce((sum, { amount }) => sum + amount, 0) * 100) / 100;
