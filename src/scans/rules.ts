import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { Fail, Verdict } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import type { Found, Place } from "#collectors/collector";
import type { OrgContext } from "#db/context";
import { rules } from "#db/schema";
import { Meter, stepsMax } from "#rules/meter";
import { compileRule, type CompiledRule } from "#rules/rule";
import type { Read } from "#rules/reads";
import type { RuleSubject } from "#rules/subject";
import type { AnyCollector } from "./catalogue.ts";

export type RuleRow = InferSelectModel<typeof rules>;

const prefix = "rule:";

/** The `type` of a rule's findings, and the key of its verdicts. */
export const ruleType = (id: string): string => `${prefix}${id}`;

/** The rule whose findings have this type; null: it is a check's. */
export const ruleIdOf = (type: string): string | null => (type.startsWith(prefix) ? type.slice(prefix.length) : null);

/** Rules that are asked; a statement that answers `RuleRow`s. */
export const enabledRules = (org: OrgContext) =>
  org.db
    .select()
    .from(rules)
    .where(and(eq(rules.orgId, org.id), eq(rules.enabled, true)))
    .orderBy(rules.id);

/** A resource that was found, without what was found. */
export interface Spot {
  readonly collector: AnyCollector;
  readonly place: Place;
  /** The resource's. */
  readonly id: string;
}

/** The rules that judge a resource, as checks. */
export type RuleChecks = (spot: Spot) => readonly SealedCheck[];

/** Steps all rules together may take in one task: some seconds. */
const taskStepsMax = 50_000_000;

/** Compiles the rules of a task once. */
export function compiledRules(rows: readonly RuleRow[]): RuleChecks {
  const compiled = rows.map((row) => ({ row, rule: compileRule(row) }));
  const spent = { steps: 0 };
  return (spot) =>
    compiled
      .filter(({ row }) => judgesType(row, spot.collector.resourceType))
      .map(({ row, rule }) => ({
        ...checkFacts(row),
        resources: [spot.collector.id],
        // safe: a rule reads whatever it is handed by name.
        judge: (found, { now }) => verdictOf({ row, rule, spent, spot, found: found as unknown as Found, now }),
      }));
}

/** Whether a rule judges this kind of resource: its own kinds, or any. */
export const judgesType = ({ resourceTypes }: Pick<RuleRow, "resourceTypes">, type: string): boolean =>
  resourceTypes.length === 0 || resourceTypes.includes(type);

/** What a rule is as a check. */
export const checkFacts = (
  row: Pick<RuleRow, "id" | "name" | "severity" | "category">,
): Omit<SealedCheck, "judge" | "resources"> => ({
  id: ruleType(row.id),
  title: row.name,
  severity: row.severity,
  category: row.category,
  domain: row.category === "cost" ? "cost" : "custom",
  effort: "medium",
  confidence: 1,
  drift: false,
  decisive: [],
  params: {},
});

interface Question {
  readonly row: RuleRow;
  readonly rule: CompiledRule;
  readonly spent: { steps: number };
  readonly spot: Spot;
  readonly found: Found;
  readonly now: Date;
}

function verdictOf({ row, rule, spent, spot, found, now }: Question): Verdict {
  if (spent.steps >= taskStepsMax)
    return { status: "unknown", reason: "The organization's rules took all the time there is for them in one task." };
  const meter = new Meter(Math.min(stepsMax, taskStepsMax - spent.steps));
  const verdict = rule.judge(subjectOf(spot, found), now, meter);
  spent.steps += meter.steps;
  return verdict.status === "fail" ? failOf(row, verdict.reads, spot.collector, found.observed) : verdict;
}

const subjectOf = ({ collector, place, id }: Spot, found: Found): RuleSubject => ({
  id,
  arn: found.arn,
  name: found.name,
  state: found.state,
  region: found.region === undefined ? place.region : (found.region ?? "global"),
  service: collector.service,
  resourceType: collector.resourceType,
  createdAt: found.createdAt ?? undefined,
  expiresAt: found.expiresAt ?? null,
  costMonthly: found.costMonthly ?? undefined,
  tags: found.tagsUnread === true ? undefined : found.tags,
  attributes: { ...found.attributes, ...found.observed },
});

/** What moves by itself is judged, but its value is not told: the finding must read the same tomorrow. */
function failOf(
  row: RuleRow,
  reads: readonly Read[],
  { actions }: Pick<AnyCollector, "actions">,
  observed: Found["observed"] = {},
): Fail {
  const isSteady = ({ field }: Read): boolean => !Object.hasOwn(observed, field.split(".")[1] ?? "");
  const steady = reads.filter(isSteady);
  return {
    status: "fail",
    summary: summaryOf(row.name, steady),
    details: { ruleId: row.id, ruleVersion: row.version, framework: row.framework, control: row.control },
    evidence: steady.map(({ field, value }) => ({ call: actions[0] ?? "", field, value })),
  };
}

const summaryMax = 1_000;

/** `Volumes are encrypted: attributes.encrypted is false.` */
export function summaryOf(name: string, reads: readonly Read[]): string {
  const facts = reads.map(({ field, value }) => `${field} is ${value === null ? "nothing" : JSON.stringify(value)}`);
  return facts.length > 0 ? `${`${name}: ${facts.join("; ")}`.slice(0, summaryMax)}.` : `${name}.`;
}
