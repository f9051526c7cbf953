import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { OutboxEvent } from "#db/outbox";
import { policies, type evaluations } from "#db/schema";
import { derivedId, derivedIdAt } from "#lib/id";
import { aboutChecks } from "./about.ts";
import type { ClaimedTask } from "./claim.ts";
import type { Ending } from "./end.ts";
import { factsOf, keyOf } from "./policy-evidence.ts";
import { judgeCondition, type EndedScan } from "./policy-judgement.ts";

export type PolicyRow = InferSelectModel<typeof policies>;
export type EvaluationRow = InferSelectModel<typeof evaluations>;

/** Those that are in force; a statement that answers `PolicyRow`s. */
export const enabledPolicies = (org: OrgContext) =>
  org.db
    .select()
    .from(policies)
    .where(and(eq(policies.orgId, org.id), eq(policies.enabled, true)))
    .orderBy(policies.id);

/** Those of them that are about this account. */
export const policiesFor = (all: readonly PolicyRow[], accountId: string): readonly PolicyRow[] =>
  all.filter(({ accounts }) => accounts?.includes(accountId) ?? true);

/** What made somebody evaluate. `seed`: a UUIDv7 that is the same when it is repeated; evaluations sort by its time. */
export interface Occasion {
  readonly trigger: EvaluationRow["trigger"];
  readonly seed: string;
}

/** Holds a scan against policies. A condition without evidence is unknown, and the policy then fails. */
export async function evaluatePolicies(
  org: OrgContext,
  scan: EndedScan,
  concerned: readonly PolicyRow[],
  { trigger, seed }: Occasion,
): Promise<EvaluationRow[]> {
  const all = concerned.flatMap(({ conditions }) => conditions);
  const facts = await factsOf(org, scan, all);
  const about = all.some(({ kind }) => kind === "score_at_least") ? await aboutChecks(org.env) : {};
  return Promise.all(
    concerned.map(async ({ id, name, version, conditions }) => {
      const results = conditions.map((one) => judgeCondition(one, scan, { ...facts.get(keyOf(one)), about }));
      return {
        orgId: org.id,
        id: await derivedIdAt(seed, "evaluation", seed, id),
        policyId: id,
        policyVersion: version,
        policyName: name,
        scanId: scan.id,
        accountId: scan.accountId,
        trigger,
        result: results.every(({ result }) => result === "pass") ? "pass" : "fail",
        conditions: results,
        createdAt: org.now.toISOString(),
      } as const;
    }),
  );
}

/** Nothing is written twice: ids are derived from what made somebody evaluate. */
export const keepEvaluations = (org: OrgContext, rows: readonly EvaluationRow[]): Statement =>
  org.db.sql(
    `INSERT INTO evaluations (org_id, id, policy_id, policy_version, policy_name, scan_id, account_id, trigger, result, conditions, created_at)
     SELECT ?1, e.value ->> 'id', e.value ->> 'policyId', e.value ->> 'policyVersion', e.value ->> 'policyName', e.value ->> 'scanId',
       e.value ->> 'accountId', e.value ->> 'trigger', e.value ->> 'result', e.value -> 'conditions', e.value ->> 'createdAt'
     FROM json_each(?2) AS e WHERE true ON CONFLICT DO NOTHING`,
    org.id,
    JSON.stringify(rows),
  );

/** What policies say of a scan that ends: for its last batch. */
export async function evaluationsAtEnd(
  { org, scan, account }: ClaimedTask,
  { status, verdicts }: Pick<Ending, "status" | "verdicts">,
): Promise<{ statements: Statement[]; events: OutboxEvent[] }> {
  const concerned = policiesFor(await enabledPolicies(org), account.id);
  if (concerned.length === 0) return { statements: [], events: [] };
  const { awsAccountId } = account;
  const ended = { ...scan, accountId: account.id, awsAccountId, status, verdicts: verdicts?.scan ?? null };
  const rows = await evaluatePolicies(org, ended, concerned, { trigger: "scan", seed: scan.id });
  const events = rows.filter(({ result }) => result === "fail").map((row) => violated(ended, row));
  return { statements: [keepEvaluations(org, rows)], events: await Promise.all(events) };
}

const violated = async (scan: EndedScan, row: EvaluationRow): Promise<OutboxEvent> => ({
  id: await derivedId("event", scan.id, "policy", row.policyId),
  names: ["policy.violated"],
  accountId: scan.accountId,
  data: {
    evaluationId: row.id,
    policyId: row.policyId,
    policyName: row.policyName,
    policyVersion: row.policyVersion,
    scanId: scan.id,
    runId: scan.runId,
    accountId: scan.accountId,
    awsAccountId: scan.awsAccountId,
    at: row.createdAt,
    violations: row.conditions.filter(({ result }) => result !== "pass"),
  },
});
