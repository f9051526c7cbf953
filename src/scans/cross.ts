import { partitionOf } from "#aws/regions";
import type { Found } from "#collectors/collector";
import type { CollectorId } from "#collectors/registry";
import type { Statement } from "#db/database";
import { allCollectors, crossChecks, type AnyCollector } from "./catalogue.ts";
import { fateOf, resourceIdOf, resourceWrite, type FindingWrite } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import { findingStatements, transitionsOf, type FindingChanges } from "./finding-changes.ts";
import { judge, type JudgeSettings, type Lists } from "./judge.ts";
import { addCounts, type TaskCounts } from "./outcome.ts";
import type { EndedTask } from "./second-wave.ts";
import { findingCounts, writeCounted } from "./slice.ts";
import { readVerdicts, writeVerdicts } from "./verdicts.ts";

/** What a second-wave judgement asks to be written for one resource. */
export interface CrossChange {
  readonly resourceId: string;
  readonly collector: string;
  readonly verdicts: string;
  readonly opens: readonly FindingWrite[];
  readonly resolves: readonly string[];
  readonly unverified: readonly string[];
}

const checksFor = (id: CollectorId): typeof crossChecks =>
  crossChecks.filter((check) => check.resources === "every" || check.resources.includes(id));

/** Judges the cross-service checks of one place, and compares with what they said before. */
export async function crossChangesOf(task: ClaimedTask, place: string, facts: Lists): Promise<CrossChange[]> {
  const subjects = allCollectors.filter(({ id }) => facts.get(id) && checksFor(id).length > 0);
  const changes = await Promise.all(subjects.map((collector) => changesOfCollector(task, place, collector, facts)));
  return changes.flat();
}

async function changesOfCollector(
  task: ClaimedTask,
  place: string,
  collector: AnyCollector,
  facts: Lists,
): Promise<CrossChange[]> {
  const before = await verdictsBefore(task, place, collector.id);
  const settings: JudgeSettings = {
    now: task.org.now,
    place: { partition: partitionOf(place) ?? "aws", awsAccountId: task.account.awsAccountId, region: place },
    allowedRegions: task.settings.allowedRegions,
    checkParams: task.settings.checkParams,
  };
  const changes = await Promise.all(
    (facts.get(collector.id) ?? []).map(async (found) => {
      const id = await resourceIdOf(task.org.id, task.account.awsAccountId, collector.resourceType, found.nativeId);
      return changeOf(collector, settings, { id, found }, facts, before.get(id) ?? "");
    }),
  );
  return changes.filter((change) => change !== null);
}

async function changeOf(
  collector: AnyCollector,
  settings: JudgeSettings,
  { id, found }: { id: string; found: Found },
  facts: Lists,
  stored: string,
): Promise<CrossChange | null> {
  const judged = await judge(found, checksFor(collector.id), facts, settings);
  const verdicts = writeVerdicts(new Map(judged.map(({ check, stored: verdict }) => [check.id, verdict])));
  if (stored === verdicts) return null;
  const before = readVerdicts(stored);
  const resource = resourceWrite(collector, settings.place, { id, found }, { digest: "", verdicts: "" });
  const fates = await Promise.all(judged.map((one) => fateOf(resource, one, before.get(one.check.id))));
  return {
    resourceId: id,
    collector: collector.id,
    verdicts,
    opens: fates.flatMap(({ open }) => (open ? [open] : [])),
    resolves: fates.flatMap(({ resolve }) => (resolve ? [resolve] : [])),
    unverified: fates.flatMap(({ unverified }) => (unverified ? [unverified] : [])),
  };
}

async function verdictsBefore(
  { org, account }: ClaimedTask,
  place: string,
  collector: string,
): Promise<ReadonlyMap<string, string>> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, cross_verdicts AS verdicts FROM resources WHERE org_id = ?1 AND account_id = ?2 AND place = ?3 AND collector = ?4`,
      org.id,
      account.id,
      place,
      collector,
    ),
  ]);
  // safe: the statement's own columns.
  return new Map((rows as { id: string; verdicts: string }[]).map(({ id, verdicts }) => [id, verdicts]));
}

/** Each row looks its own entry up, so a statement holds few enough that looking costs nothing. */
const changesMax = 100;

/** Writes what the second wave found out about one place. */
export async function writeCrossChanges(
  wave: ClaimedTask,
  ended: EndedTask,
  changes: readonly CrossChange[],
  counts: TaskCounts,
): Promise<TaskCounts> {
  let total = counts;
  for (let start = 0; start < changes.length; start += changesMax) {
    total = await writePart(wave, ended, changes.slice(start, start + changesMax), total);
  }
  return total;
}

async function writePart(
  wave: ClaimedTask,
  ended: EndedTask,
  changes: readonly CrossChange[],
  counts: TaskCounts,
): Promise<TaskCounts> {
  const touched = (ids: (change: CrossChange) => readonly string[]): { id: string; collector: string }[] =>
    changes.flatMap((change) => ids(change).map((id) => ({ id, collector: change.collector })));
  const findings: FindingChanges = {
    opens: changes.flatMap(({ opens }) => opens),
    resolves: touched(({ resolves }) => resolves),
    unverified: touched(({ unverified }) => unverified),
  };
  const transitions = await transitionsOf(wave, findings);
  const total = addCounts(counts, findingCounts(transitions));
  // Findings belong to the place where their resource was seen; runs are those before this scan, which has counted its own.
  const known = (collector: string): { runs: number; completeAt: string | null } => {
    const state = ended.outcome?.coverage[collector];
    return { runs: Math.max(0, (state?.runs ?? 1) - 1), completeAt: state?.completeAt ?? null };
  };
  const statements = [keepVerdicts(wave, changes), ...findingStatements({ ...wave, id: ended.id }, findings, known)];
  await writeCounted(wave, total, statements, transitions);
  return total;
}

const keepVerdicts = ({ org }: ClaimedTask, changes: readonly CrossChange[]): Statement =>
  org.db.sql(
    `UPDATE resources SET cross_verdicts = (SELECT c.value ->> 'verdicts' FROM json_each(?2) AS c WHERE c.value ->> 'id' = resources.id)
     WHERE org_id = ?1 AND id IN (SELECT value ->> 'id' FROM json_each(?2))`,
    org.id,
    JSON.stringify(changes.map(({ resourceId, verdicts }) => ({ id: resourceId, verdicts }))),
  );
