import { env } from "cloudflare:workers";
import { resourceRiskLog } from "#scores/risk";
import { counted, insertRows, rowsOf, sorted, type Row } from "./world.ts";

const cents = (usd: unknown): number => Math.round(100 * Number(usd ?? 0));
const isOpen = (row: Row): boolean => row["status"] === "open";

/** Of all that could be saved on one resource only the largest counts. */
function savingsCounted(findings: readonly Row[]): ReadonlyMap<string, number> {
  const saving = findings.filter((row) => isOpen(row) && row["savings_monthly"] !== null);
  const largest = [...Map.groupBy(saving, (row) => row["resource_id"]).values()].map((own) =>
    own.reduce((best, row) => {
      const [a, b] = [Number(row["savings_monthly"]), Number(best["savings_monthly"])];
      return a > b || (a === b && String(row["id"]) < String(best["id"])) ? row : best;
    }),
  );
  return new Map(largest.map((row) => [String(row["id"]), Number(row["savings_monthly"])]));
}

function savingCounters(findings: readonly Row[], savings: ReadonlyMap<string, number>): Row[] {
  const rows = findings.filter((row) => isOpen(row) && row["savings_monthly"] !== null);
  const of = (dimension: string, value: string, own: readonly Row[]): Row => ({
    subject: "saving",
    dimension,
    value,
    total: own.length,
    open: own.reduce((sum, row) => sum + cents(savings.get(String(row["id"]))), 0),
    snoozed: 0,
    ignored: 0,
    resolved: 0,
  });
  if (rows.length === 0) return [];
  const accounts = Map.groupBy(rows, (row) => String(row["account_id"]));
  return [of("all", "", rows), ...[...accounts].map(([account, own]) => of("account", account, own))];
}

const count = (rows: readonly Row[], is: (row: Row) => boolean): number => rows.filter(is).length;

function recommendationsOf(findings: readonly Row[], savings: ReadonlyMap<string, number>): Row[] {
  const groups = Map.groupBy(findings.filter(isOpen), (row) => `${row["account_id"]}/${row["type"]}`);
  return [...groups].map(([, own]) => ({
    account_id: own[0]?.["account_id"] ?? "",
    type: own[0]?.["type"] ?? "",
    ...Object.fromEntries(
      ["low", "medium", "high", "critical"].map((severity) => [
        severity,
        count(own, (row) => row["severity"] === severity),
      ]),
    ),
    exposed: count(own, (row) => (row["exposure"] ?? "internal") === "internet"),
    production: count(own, (row) => (row["environment"] ?? "production") === "production"),
    savings: own.reduce((sum, row) => sum + cents(row["savings_monthly"]), 0),
    savings_counted: own.reduce((sum, row) => sum + cents(savings.get(String(row["id"]))), 0),
  }));
}

function resourceSums(findings: readonly Row[], resources: readonly Row[]): Row[] {
  const byResource = Map.groupBy(findings, (row) => row["resource_id"]);
  return resources.map((resource) => {
    const own = byResource.get(resource["id"] ?? "") ?? [];
    const risky = own.filter((row) => ["open", "snoozed"].includes(String(row["status"])));
    const saving = own.filter((row) => isOpen(row) && row["savings_monthly"] !== null);
    return {
      id: resource["id"] ?? "",
      risk_log: Number(
        resourceRiskLog(
          risky.map((row) => ({ severity: row["severity"] as "low", riskLog: Number(row["risk_log"] ?? 0) })),
        ).toFixed(9),
      ),
      savings_monthly: saving.length > 0 ? Math.max(...saving.map((row) => Number(row["savings_monthly"]))) : null,
    };
  });
}

export interface Derived {
  readonly counters: readonly Row[];
  readonly savings: Readonly<Record<string, number>>;
  readonly recommendations: readonly Row[];
  readonly resources: readonly Row[];
}

const byText = (rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** All that must follow from these findings, worked out row by row. */
export function derivedFrom(findings: readonly Row[], resources: readonly Row[]): Derived {
  const savings = savingsCounted(findings);
  return {
    counters: sorted([
      ...counted("finding", findings),
      ...counted("resource", resources),
      ...savingCounters(findings, savings),
    ]),
    savings: Object.fromEntries([...savings].filter(([, usd]) => usd > 0).toSorted()),
    recommendations: byText(recommendationsOf(findings, savings)),
    resources: byText(resourceSums(findings, resources)),
  };
}

const recommendationColumns = [
  "account_id",
  "type",
  "low",
  "medium",
  "high",
  "critical",
  "exposed",
  "production",
  "savings",
  "savings_counted",
];
const only = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));

/** The same as it is kept. */
export function keptIn(tables: {
  readonly counters: readonly Row[];
  readonly findings: readonly Row[];
  readonly recommendations: readonly Row[];
  readonly resources: readonly Row[];
}): Derived {
  const { counters, findings, recommendations, resources } = tables;
  return {
    counters: sorted(counters.map(({ org_id: _, ...row }) => row)),
    savings: Object.fromEntries(
      findings
        .filter((row) => Number(row["savings_counted"]) !== 0)
        .map((row): [string, number] => [String(row["id"]), Number(row["savings_counted"])])
        .toSorted(),
    ),
    recommendations: byText(
      recommendations
        .filter((row) => ["low", "medium", "high", "critical"].some((column) => row[column] !== 0))
        .map((row) => only(row, recommendationColumns)),
    ),
    resources: byText(
      resources.map((row) => ({
        id: row["id"] ?? "",
        risk_log: Number(Number(row["risk_log"]).toFixed(9)),
        savings_monthly: row["savings_monthly"] ?? null,
      })),
    ),
  };
}

/** What is kept of an organization, and what must be. */
export async function keptAndDerived(
  orgId: string,
  db: D1Database = env.DB,
): Promise<{ kept: Derived; derived: Derived }> {
  const names = ["counters", "findings", "recommendations", "resources"] as const;
  const [counters = [], findings = [], recommendations = [], resources = []] = (
    await db.batch<Row>(names.map((name) => db.prepare(`SELECT * FROM ${name} WHERE org_id = ?1`).bind(orgId)))
  ).map(({ results }) => results);
  return {
    kept: keptIn({ counters, findings, recommendations, resources }),
    derived: derivedFrom(findings, resources),
  };
}

/** Makes what is kept equal to the rows of an organization that came straight into the tables. */
export async function derive(orgId: string): Promise<void> {
  const [findings, resources] = [await rowsOf("findings", orgId), await rowsOf("resources", orgId)];
  const { counters, savings, recommendations, resources: sums } = derivedFrom(findings, resources);
  await env.DB.batch([
    ...["counters", "recommendations"].map((name) =>
      env.DB.prepare(`DELETE FROM ${name} WHERE org_id = ?1`).bind(orgId),
    ),
    env.DB.prepare("UPDATE findings SET savings_counted = coalesce(?2 ->> id, 0) WHERE org_id = ?1").bind(
      orgId,
      JSON.stringify(savings),
    ),
    ...sums.map((row) =>
      env.DB.prepare("UPDATE resources SET risk_log = ?3, savings_monthly = ?4 WHERE org_id = ?1 AND id = ?2").bind(
        orgId,
        row["id"],
        row["risk_log"],
        row["savings_monthly"],
      ),
    ),
  ]);
  await insertRows(
    "counters",
    counters.map((row) => ({ org_id: orgId, ...row })),
  );
  await insertRows(
    "recommendations",
    recommendations.map((row) => ({ org_id: orgId, ...row, version: 1, created_at: "", updated_at: "" })),
  );
}
