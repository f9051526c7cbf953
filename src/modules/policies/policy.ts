import { frameworks } from "#frameworks/registry";
import { and, eq } from "drizzle-orm";
import { checks } from "#checks/registry";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { policies } from "#db/schema";
import { Fault, notFound, type FaultDetail } from "#lib/fault";
import { accountsNamed } from "#modules/accounts";
import type { PolicyRow } from "#scans/policies";
import { ruleIdOf } from "#scans/rules";
import type { PolicyInput } from "./shapes.ts";

export type Policy = PolicyRow;

/** Policies of one organization. */
export const policiesMax = 50;

/** Fault: RESOURCE_NOT_FOUND. */
export async function getPolicy(org: OrgContext, id: string): Promise<Policy> {
  const [rows] = await org.db.atomic([policyStatement(org, id)]);
  // safe: the statement answers rows of the table.
  const [row] = rows as Policy[];
  if (!row) throw notFound("policy");
  return row;
}

export const policyStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(policies)
    .where(and(eq(policies.orgId, org.id), eq(policies.id, id)));

/** Who has this name. */
export const namedStatement = (org: OrgContext, name: string): Statement =>
  org.db
    .select({ id: policies.id })
    .from(policies)
    .where(and(eq(policies.orgId, org.id), eq(policies.name, name)));

/** What the audit log tells of a policy. */
export const audited = ({ name, enabled, accounts, conditions }: Policy) => ({ name, enabled, accounts, conditions });

export const nameTaken = (name: string): Fault =>
  new Fault("CONFLICT", `There is a policy named "${name}" already. Choose another name, or change that one.`);

/** What people wrote, with accounts by their UUIDs. Fault: INVALID_REQUEST for what it names and is not there. */
export async function resolved(org: OrgContext, input: PolicyInput): Promise<PolicyInput> {
  const refs = input.accounts ?? [];
  const [named, known] = await Promise.all([accountsNamed(org, refs), knownHere(org, input)]);
  const ids = [...new Set(refs.map((ref) => named.get(ref) ?? ref))].toSorted();
  const errors: FaultDetail[] = [
    ...ids.flatMap((id) => (known.has(`account:${id}`) ? [] : [detail("/accounts", `There is no account ${id}`)])),
    ...input.conditions.flatMap((condition, at) => {
      const missing = missingIn(condition, known);
      return missing === null ? [] : [detail(`/conditions/${at}`, missing)];
    }),
  ];
  if (errors.length > 0)
    throw new Fault("INVALID_REQUEST", "The policy names what is not there; see `errors`.", { errors });
  return { ...input, accounts: input.accounts && ids };
}

const detail = (pointer: string, message: string): FaultDetail => ({ in: "body", pointer, message });

const frameworkIds: readonly string[] = frameworks.map(({ id }) => id);
const checkIds: ReadonlySet<string> = new Set(checks.map(({ id }) => id));

function missingIn(condition: PolicyInput["conditions"][number], known: ReadonlySet<string>): string | null {
  if (condition.kind === "score_at_least") {
    const { framework } = condition;
    if (frameworkIds.includes(framework) || known.has(`framework:${framework}`)) return null;
    return `framework: ${framework} is not known; known: ${frameworkIds.join(", ")}, and your own`;
  }
  if (condition.kind !== "check_passes" || checkIds.has(condition.type)) return null;
  const id = ruleIdOf(condition.type);
  if (id === null) return `type: ${condition.type} is not a check; see GET /checks`;
  return known.has(`rule:${id}`) ? null : `type: there is no rule ${id}`;
}

/** The organization's accounts, rules and frameworks among those that are named. */
async function knownHere(org: OrgContext, { accounts, conditions }: PolicyInput): Promise<ReadonlySet<string>> {
  const rules = conditions.flatMap((one) => (one.kind === "check_passes" ? [ruleIdOf(one.type)] : []));
  const frameworks = conditions.flatMap((one) => (one.kind === "score_at_least" ? [one.framework] : []));
  const among = (column: string, values: readonly (string | null)[], from: string): Statement =>
    org.db.sql(
      `SELECT ${column} AS id FROM ${from} AND id IN (SELECT value FROM json_each(?2))`,
      org.id,
      JSON.stringify(values),
    );
  const answers = await org.db.atomic([
    org.db.sql(
      `SELECT 'account:' || id AS id FROM accounts WHERE org_id = ?1 AND (id IN (SELECT value FROM json_each(?2))
         OR aws_account_id IN (SELECT value FROM json_each(?2)))`,
      org.id,
      JSON.stringify(accounts ?? []),
    ),
    among("'rule:' || id", rules, "rules WHERE org_id = ?1 AND ended_at IS NULL"),
    among("'framework:' || id", frameworks, "custom_frameworks WHERE org_id = ?1"),
  ]);
  // safe: each statement answers ids.
  return new Set((answers as { id: string }[][]).flat().map(({ id }) => id));
}
