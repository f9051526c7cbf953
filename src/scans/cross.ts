import { partitionOf } from "#aws/regions";
import { isReadInPart, type Found } from "#collectors/collector";
import type { Statement } from "#db/database";
import { allCollectors, crossChecksOf, isSubject, type AnyCollector } from "./catalogue.ts";
import { endedOf, fateOf, rememberPasses, resourceWrite, steadied, type FindingWrite } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import { findingStatements, transitionsOf, type FindingChanges } from "./finding-changes.ts";
import { judge, judgeSettings, type JudgeSettings, type Lists } from "./judge.ts";
import { count, type Tally } from "./coverage.ts";
import { addCounts, type TaskCounts } from "./outcome.ts";
import type { PlaceOutcome } from "./parts.ts";
import { resourceIdOf } from "./relations.ts";
import { findingCounts, knownIn, writeCounted, type StatesBefore } from "./slice.ts";
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

/** Judges the cross-service checks of what one place kept, from what they see there, and compares with what they said before. */
export async function crossChangesOf(
  task: ClaimedTask,
  { place, collectors }: Pick<PlaceOutcome, "place" | "collectors">,
  facts: Lists,
  view: Lists,
): Promise<CrossChange[]> {
  const subjects = allCollectors.filter(({ id }) => facts.get(id) && isSubject(id));
  const before = await verdictsBefore(
    task,
    place,
    subjects.map(({ id }) => id),
  );
  const changes = await Promise.all(
    subjects.map((collector) => {
      const tally = collectors.get(collector.id)?.tally;
      return changesOfCollector(task, place, collector, { facts: view, before: before.get(collector.id), tally });
    }),
  );
  return changes.flat();
}

async function changesOfCollector(
  task: ClaimedTask,
  place: string,
  collector: AnyCollector,
  {
    facts,
    before = new Map(),
    tally,
  }: { facts: Lists; before: Map<string, string> | undefined; tally: Tally | undefined },
): Promise<CrossChange[]> {
  const { awsAccountId } = task.account;
  const at = { partition: partitionOf(place) ?? "aws", awsAccountId, region: place };
  const settings = await judgeSettings(task, at, collector);
  const changes = await Promise.all(
    (facts.get(collector.id) ?? []).map(async (found) => {
      const id = await resourceIdOf(task.org.id, awsAccountId, collector.resourceType, found.nativeId);
      const stored = before.get(id) ?? "";
      before.delete(id);
      return changeOf(collector, settings, { id, found }, facts, stored, tally);
    }),
  );
  // What is left is there, and no check has a word to say of it any more.
  const dropped = [...before].map(async ([id, stored]): Promise<CrossChange> => ({
    resourceId: id,
    collector: collector.id,
    verdicts: "",
    opens: [],
    resolves: await endedOf(id, readVerdicts(stored), new Set()),
    unverified: [],
  }));
  return [...changes.filter((change) => change !== null), ...(await Promise.all(dropped))];
}

async function changeOf(
  collector: AnyCollector,
  settings: JudgeSettings,
  { id, found }: { id: string; found: Found },
  facts: Lists,
  stored: string,
  tally: Tally | undefined,
): Promise<CrossChange | null> {
  const before = readVerdicts(stored);
  const remembered = rememberPasses(await judge(found, crossChecksOf(collector.id), facts, settings), before);
  const judged = isReadInPart(found) ? remembered.map((one) => steadied(one, before.get(one.check.id))) : remembered;
  if (tally) count(tally, judged);
  const verdicts = writeVerdicts(new Map(judged.map(({ check, stored: verdict }) => [check.id, verdict])));
  if (stored === verdicts) return null;
  const resource = resourceWrite(collector, settings.place, { id, found }, { digest: "", verdicts: "" });
  const fates = await Promise.all(judged.map((one) => fateOf(resource, one, before.get(one.check.id))));
  const ended = await endedOf(id, before, new Set(judged.map(({ check }) => check.id)));
  return {
    resourceId: id,
    collector: collector.id,
    verdicts,
    opens: fates.flatMap(({ open }) => (open ? [open] : [])),
    resolves: [...fates.flatMap(({ resolve }) => (resolve ? [resolve] : [])), ...ended],
    unverified: fates.flatMap(({ unverified }) => (unverified ? [unverified] : [])),
  };
}

/**
 * What second-wave checks said of a place's resources, those they said something of, by collector. One round trip: with one for
 * each collector, those of some thirty regions would be all that an invocation may make, and it would never come to the end.
 */
async function verdictsBefore(
  { org, account }: ClaimedTask,
  place: string,
  collectors: readonly string[],
): Promise<ReadonlyMap<string, Map<string, string>>> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, collector, cross_verdicts AS verdicts FROM resources WHERE org_id = ?1 AND account_id = ?2 AND place = ?3
       AND collector IN (SELECT value FROM json_each(?4)) AND cross_verdicts <> ''`,
      org.id,
      account.id,
      place,
      JSON.stringify(collectors),
    ),
  ]);
  // safe: the statement's own columns.
  const said = rows as { id: string; collector: string; verdicts: string }[];
  const byCollector = Map.groupBy(said, ({ collector }) => collector);
  return new Map(
    [...byCollector].map(([collector, own]) => [collector, new Map(own.map(({ id, verdicts }) => [id, verdicts]))]),
  );
}

/** Findings in one batch. */
const changesMax = 1_000;

/** Writes what the second wave found out about one place. `states`: what was known of its collectors before this scan. */
export async function writeCrossChanges(
  wave: ClaimedTask,
  place: string,
  changes: readonly CrossChange[],
  states: StatesBefore,
  counts: TaskCounts,
): Promise<TaskCounts> {
  let total = counts;
  for (let start = 0; start < changes.length; start += changesMax) {
    total = await writePart({ ...wave, place }, changes.slice(start, start + changesMax), states, total);
  }
  return total;
}

async function writePart(
  wave: ClaimedTask,
  changes: readonly CrossChange[],
  states: StatesBefore,
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
  const statements = [keepVerdicts(wave, changes), ...findingStatements(wave, findings, knownIn(states))];
  await writeCounted(wave, total, statements, transitions);
  return total;
}

/** An upsert, because an `UPDATE … FROM` scans the table. Every row is there: it gives the columns that must not be null. */
const keepVerdicts = ({ org }: ClaimedTask, changes: readonly CrossChange[]): Statement =>
  org.db.sql(
    `INSERT INTO resources (${required.join(", ")}, cross_verdicts)
     SELECT ${required.map((column) => `r.${column}`).join(", ")}, c.value ->> 1
     FROM json_each(?2) AS c CROSS JOIN resources AS r WHERE r.org_id = ?1 AND r.id = c.value ->> 0
     ON CONFLICT (org_id, id) DO UPDATE SET cross_verdicts = excluded.cross_verdicts`,
    org.id,
    JSON.stringify(changes.map(({ resourceId, verdicts }) => [resourceId, verdicts])),
  );

const required = [
  "org_id",
  "id",
  "account_id",
  "aws_account_id",
  "place",
  "collector",
  "service",
  "resource_type",
  "region",
  "native_id",
  "tags",
  "attributes",
  "digest",
  "verdicts",
  "from_seq",
  "created_at",
  "updated_at",
];
