import type { SealedCheck } from "#checks/sealed";
import type { Exposure } from "#checks/check";
import { isPartial, isReadInPart, type Found, type Place, type Relation } from "#collectors/collector";
import { digestOf } from "#lib/hash";
import { derivedId } from "#lib/id";
import type { Environment } from "#scores/risk";
import type { AnyCollector } from "./catalogue.ts";
import type { ClaimedTask } from "./claim.ts";
import { edgesOf, inOrder, type Edge } from "./relations.ts";
import { severityRank, type Judged } from "./judge.ts";
import type { Suppressed } from "./suppression.ts";
import { readVerdicts, writeVerdicts, type StoredVerdict, type StoredVerdicts } from "./verdicts.ts";

/** What a task compares its findings with: enough to know whether anything changed. */
export interface StoredResource {
  readonly id: string;
  readonly collector: string;
  readonly digest: string;
  readonly verdicts: string;
  readonly crossVerdicts: string;
}

/** The columns of `resources` that a scan writes. `digest` empty: keep what is stored of it and write only the verdicts. */
export interface ResourceWrite {
  readonly id: string;
  readonly collector: string;
  readonly service: string;
  readonly resourceType: string;
  readonly region: string;
  readonly nativeId: string;
  readonly arn: string | null;
  readonly name: string | null;
  readonly state: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relations: readonly Relation[];
  readonly costMonthly: number | null;
  readonly digest: string;
  readonly verdicts: string;
  readonly expiresAt: string | null;
  readonly resourceCreatedAt: string | null;
}

/** The columns of `findings` that a scan writes. */
export interface FindingWrite {
  readonly id: string;
  readonly resourceId: string;
  readonly collector: string;
  readonly service: string;
  readonly resourceType: string;
  readonly region: string;
  readonly resourceArn: string | null;
  readonly resourceName: string | null;
  readonly type: string;
  readonly title: string;
  readonly category: string;
  readonly severity: string;
  readonly severityRank: number;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly evidence: readonly unknown[];
  readonly digest: string;
  readonly decisive: string;
  readonly savingsMonthly: number | null;
  readonly exposure: Exposure;
  readonly environment: Environment;
  readonly riskLog: number;
  /** The suppression that takes it. */
  readonly suppression: Suppressed | null;
  /** A guarded control that was last seen passing. */
  readonly drifted: boolean;
}

/** What one resource asks to be written. */
export interface Change {
  readonly kind: "added" | "changed" | "judged";
  readonly resource: ResourceWrite;
  /** What it depends on now; null: as before. */
  readonly edges: readonly Edge[] | null;
  readonly opens: readonly FindingWrite[];
  /** Ids of findings. */
  readonly resolves: readonly string[];
  readonly unverified: readonly string[];
}

export const findingIdOf = (resourceId: string, checkId: string): Promise<string> =>
  derivedId("finding", resourceId, checkId);

/** Everything that is compared of a resource: its facts, without what moves by itself. */
const digestOfFacts = ({ observed: _, ...facts }: Found): Promise<string> => digestOf(facts);

export interface Seen {
  readonly id: string;
  readonly found: Found;
  readonly judged: readonly Judged[];
}

/** Compares what was seen with what is stored. Null: nothing has to be written. */
export async function changeOf(
  { task, place }: { readonly task: Pick<ClaimedTask, "org" | "account">; readonly place: Place },
  collector: AnyCollector,
  { found, ...rest }: Seen,
  stored: StoredResource | undefined,
): Promise<Change | null> {
  const before = readVerdicts(stored?.verdicts ?? "");
  const keep = stored !== undefined && isPartial(found);
  const remembered = rememberPasses(rest.judged, before);
  const judged = isReadInPart(found) ? remembered.map((one) => steadied(one, before.get(one.check.id))) : remembered;
  const seen: Seen = { ...rest, judged, found: inOrder(found) };
  const digest = keep ? "" : await digestOfFacts(seen.found);
  const verdicts = writeVerdicts(new Map(seen.judged.map(({ check, stored: verdict }) => [check.id, verdict])));
  const sameFacts = keep || digest === stored?.digest;
  if (stored && sameFacts && verdicts === stored.verdicts) return null;
  const resource = resourceWrite(collector, place, seen, { digest, verdicts });
  const fates = await Promise.all(seen.judged.map((judged) => fateOf(resource, judged, before.get(judged.check.id))));
  const gone = await endedOf(seen.id, before, new Set(seen.judged.map(({ check }) => check.id)));
  return {
    kind: stored ? (sameFacts ? "judged" : "changed") : "added",
    resource,
    edges: sameFacts ? null : await edgesOf(task.org.id, task.account.awsAccountId, seen.found),
    opens: fates.flatMap(({ open }) => (open ? [open] : [])),
    resolves: [...fates.flatMap(({ resolve }) => (resolve ? [resolve] : [])), ...gone],
    unverified: fates.flatMap(({ unverified }) => (unverified ? [unverified] : [])),
  };
}

/** What was not seen for a while may have regressed meanwhile: an unknown says whether the last thing known was a pass. */
export const rememberPasses = (judged: readonly Judged[], before: StoredVerdicts): Judged[] =>
  judged.map((one) => {
    if (one.stored.status !== "unknown") return one;
    return hasPassed(before.get(one.check.id)) ? { ...one, stored: { status: "unknown", passed: true } } : one;
  });

const hasPassed = (verdict: StoredVerdict | undefined): boolean =>
  verdict?.status === "pass" || (verdict?.status === "unknown" && verdict.passed === true);

/** What was read in part does not put a finding into other words. */
export const steadied = (judged: Judged, before: StoredVerdict | undefined): Judged =>
  judged.fail && before?.status === "fail"
    ? { ...judged, stored: before, fail: { ...judged.fail, digest: before.digest } }
    : judged;

/** Findings of checks that no longer apply to a resource that was seen: the failing thing is not there any more. */
export async function endedOf(
  resourceId: string,
  before: ReadonlyMap<string, StoredVerdict>,
  asked: ReadonlySet<string>,
): Promise<string[]> {
  const ended = [...before].filter(([check, verdict]) => verdict.status !== "pass" && !asked.has(check));
  return Promise.all(ended.map(([check]) => findingIdOf(resourceId, check)));
}

interface Fate {
  readonly open?: FindingWrite;
  readonly resolve?: string;
  readonly unverified?: string;
}

/** What a verdict means for the finding, given the verdict before it. */
export async function fateOf(
  resource: ResourceWrite,
  judged: Judged,
  before: StoredVerdict | undefined,
): Promise<Fate> {
  const { check, stored, fail } = judged;
  if (fail) {
    const same = before?.status === "fail" && before.digest === fail.digest;
    return same ? {} : { open: await findingWrite(resource, check, fail, hasPassed(before)) };
  }
  if (before === undefined || before.status === "pass") return {};
  if (stored.status === "pass") return { resolve: await findingIdOf(resource.id, check.id) };
  return before.status === "fail" ? { unverified: await findingIdOf(resource.id, check.id) } : {};
}

async function findingWrite(
  resource: ResourceWrite,
  check: SealedCheck,
  fail: NonNullable<Judged["fail"]>,
  passedBefore: boolean,
): Promise<FindingWrite> {
  return {
    id: await findingIdOf(resource.id, check.id),
    resourceId: resource.id,
    collector: resource.collector,
    service: resource.service,
    resourceType: resource.resourceType,
    region: resource.region,
    resourceArn: resource.arn,
    resourceName: resource.name,
    type: check.id,
    title: fail.title,
    category: check.category,
    severity: fail.severity,
    severityRank: severityRank(fail.severity),
    summary: fail.summary,
    details: fail.details,
    evidence: fail.evidence,
    digest: fail.digest,
    decisive: fail.decisive,
    savingsMonthly: fail.savingsMonthly ?? null,
    exposure: fail.exposure,
    environment: fail.environment,
    riskLog: fail.riskLog,
    suppression: fail.suppression,
    drifted: check.drift && passedBefore,
  };
}

export function resourceWrite(
  collector: Pick<AnyCollector, "id" | "service" | "resourceType">,
  place: Place,
  { id, found }: Pick<Seen, "id" | "found">,
  { digest, verdicts }: { digest: string; verdicts: string },
): ResourceWrite {
  return {
    id,
    collector: collector.id,
    service: collector.service,
    resourceType: collector.resourceType,
    region: found.region === undefined ? place.region : (found.region ?? "global"),
    nativeId: found.nativeId,
    arn: found.arn,
    name: found.name,
    state: found.state,
    tags: found.tags,
    attributes: { ...found.attributes, ...found.observed },
    relations: found.relations ?? [],
    costMonthly: found.costMonthly ?? null,
    digest,
    verdicts,
    expiresAt: found.expiresAt ?? null,
    resourceCreatedAt: found.createdAt,
  };
}

/** Ids of the findings a resource may have, from its stored verdicts: for a resource that is gone. */
export async function findingIdsOf({ id, verdicts, crossVerdicts }: StoredResource): Promise<string[]> {
  const all = [...readVerdicts(verdicts), ...readVerdicts(crossVerdicts)];
  return Promise.all(all.filter(([, verdict]) => verdict.status !== "pass").map(([check]) => findingIdOf(id, check)));
}

/** Characters a change takes in the parameters of its statements, about. */
export const sizeOf = (change: Change): number => JSON.stringify(change).length;
