import type { OrgContext } from "#db/context";
import { Meter, stepsMax } from "#rules/meter";
import type { Read } from "#rules/reads";
import { compileRule, type CompiledRule } from "#rules/rule";
import type { RuleSubject } from "#rules/subject";
import { summaryOf } from "#scans/rules";
import { getRule, type Rule } from "./rule.ts";

/** Resources looked at in one call. */
const lookedMax = 5_000;
const pageSize = 500;

/** Steps in one call: a second at most. What is left is for the next call. */
const previewStepsMax = 5_000_000;

const sampleMax = 20;
const reasonsMax = 10;

/** What a rule would find among what is stored. */
export interface Preview {
  readonly lookedAt: number;
  readonly matched: number;
  readonly passed: number;
  readonly unknown: number;
  /** Of what matched. */
  readonly byAccount: Readonly<Record<string, number>>;
  readonly byResourceType: Readonly<Record<string, number>>;
  readonly unknownReasons: Readonly<Record<string, number>>;
  readonly sample: readonly SampledMatch[];
  /** The last resource looked at; null: all were. */
  readonly nextAfter: string | null;
}

export interface SampledMatch {
  readonly resourceId: string;
  readonly accountId: string;
  readonly resourceType: string;
  readonly region: string;
  readonly name: string | null;
  readonly arn: string | null;
  readonly summary: string;
  readonly evidence: readonly Read[];
}

type Previewed = Pick<Rule, "name" | "resourceTypes" | "condition" | "expression">;

/** The preview of a rule that is stored. Fault: RESOURCE_NOT_FOUND. */
export const previewStored = async (org: OrgContext, id: string, after?: string): Promise<Preview> =>
  previewRule(org, await getRule(org, id), after);

/** Asks a rule about the resources that are stored, in the order of their ids, from one on. Writes nothing. */
export async function previewRule(org: OrgContext, rule: Previewed, after = ""): Promise<Preview> {
  const tally = newTally();
  const compiled = compileRule(rule);
  for (let last = after; ;) {
    const page = await storedAfter(org, rule.resourceTypes, last);
    for (const row of page) {
      judge(org, tally, { rule, compiled }, row);
      last = row.id;
      if (tally.steps >= previewStepsMax) break;
    }
    const isAll = page.length < pageSize && last === (page.at(-1)?.id ?? last);
    if (isAll || tally.lookedAt >= lookedMax || tally.steps >= previewStepsMax) {
      const { steps: _, ...preview } = tally;
      return { ...preview, nextAfter: isAll ? null : last };
    }
  }
}

interface Tally {
  steps: number;
  lookedAt: number;
  matched: number;
  passed: number;
  unknown: number;
  readonly byAccount: Record<string, number>;
  readonly byResourceType: Record<string, number>;
  readonly unknownReasons: Record<string, number>;
  readonly sample: SampledMatch[];
}

const newTally = (): Tally => ({
  steps: 0,
  lookedAt: 0,
  matched: 0,
  passed: 0,
  unknown: 0,
  byAccount: {},
  byResourceType: {},
  unknownReasons: {},
  sample: [],
});

const add = (counts: Record<string, number>, key: string): void => void (counts[key] = (counts[key] ?? 0) + 1);

function judge(
  { now }: OrgContext,
  tally: Tally,
  { rule, compiled }: { readonly rule: Previewed; readonly compiled: CompiledRule },
  row: Stored,
): void {
  const meter = new Meter(stepsMax);
  const verdict = compiled.judge(subjectOf(row), now, meter);
  tally.steps += meter.steps + 1;
  tally.lookedAt += 1;
  if (verdict.status === "pass") tally.passed += 1;
  else if (verdict.status === "unknown") {
    tally.unknown += 1;
    const { unknownReasons } = tally;
    if (verdict.reason in unknownReasons || Object.keys(unknownReasons).length < reasonsMax)
      add(unknownReasons, verdict.reason);
  } else {
    tally.matched += 1;
    add(tally.byAccount, row.accountId);
    add(tally.byResourceType, row.resourceType);
    const { id, accountId, resourceType, region, name, arn } = row;
    const told = { summary: summaryOf(rule.name, verdict.reads), evidence: verdict.reads };
    if (tally.sample.length < sampleMax)
      tally.sample.push({ resourceId: id, accountId, resourceType, region, name, arn, ...told });
  }
}

interface Stored extends Omit<RuleSubject, "createdAt" | "costMonthly" | "tags" | "attributes"> {
  readonly accountId: string;
  readonly createdAt: string | null;
  readonly costMonthly: number | null;
  readonly tags: string;
  readonly attributes: string;
}

const subjectOf = ({ accountId: _, createdAt, costMonthly, tags, attributes, ...rest }: Stored): RuleSubject => ({
  ...rest,
  createdAt: createdAt ?? undefined,
  costMonthly: costMonthly ?? undefined,
  tags: JSON.parse(tags) as Record<string, string>,
  attributes: JSON.parse(attributes) as Record<string, unknown>,
});

const columns = `r.id, r.account_id AS accountId, r.arn, r.name, r.state, r.region, r.service, r.resource_type AS resourceType,
  r.resource_created_at AS createdAt, r.expires_at AS expiresAt, r.cost_monthly AS costMonthly, r.tags, r.attributes`;

/** A page of the resources, of some kinds or all, in the order of their ids: each kind along its own index. */
async function storedAfter(org: OrgContext, resourceTypes: readonly string[], after: string): Promise<Stored[]> {
  const chosen =
    resourceTypes.length === 0
      ? ""
      : `AND r.id IN (SELECT c.id FROM json_each(?3) AS t CROSS JOIN resources AS c WHERE c.org_id = ?1 AND c.id IN (
           SELECT i.id FROM resources AS i WHERE i.org_id = ?1 AND i.resource_type = t.value AND i.id > ?2 ORDER BY i.id LIMIT ${pageSize}))`;
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT ${columns} FROM resources AS r WHERE r.org_id = ?1 AND r.id > ?2 ${chosen} ORDER BY r.id LIMIT ${pageSize}`,
      org.id,
      after,
      ...(resourceTypes.length > 0 ? [JSON.stringify(resourceTypes)] : []),
    ),
  ]);
  // safe: the statement's own columns.
  return rows as Stored[];
}
