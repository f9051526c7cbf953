import { isReadInPart } from "#collectors/collector";
import { countHappened } from "#db/daily-stats";
import type { Statement } from "#db/database";
import { eventStatements, nudgeDeliveries } from "#db/outbox";
import { hasMovedOn, pin } from "#db/pin";
import { Fault } from "#lib/fault";
import { fateOf, rememberPasses, resourceWrite, steadied } from "./change.ts";
import { findingStatements, transitionsOf, type FindingChanges } from "./finding-changes.ts";
import { findingEvents, happenedIn } from "./finding-events.ts";
import { rankRecommendations } from "./rank.ts";
import { running, type Freshly, type Rechecking } from "./recheck.ts";
import { readVerdicts, writeVerdicts } from "./verdicts.ts";

/**
 * Writes what a recheck found out, as a scan would: the verdict with the resource, and what it means for the finding. Nothing is
 * written where nothing changed. Faults: SCAN_RUNNING when a scan has begun meanwhile, CONFLICT when one has been and gone.
 */
export async function writeRecheck(rechecking: Rechecking, fresh: Freshly): Promise<void> {
  const { org, finding, resource, account, check } = rechecking;
  const column = check.reads ? "cross_verdicts" : "verdicts";
  const stored = check.reads ? resource.crossVerdicts : resource.verdicts;
  const { verdicts, changes } = await outcomeOf(rechecking, fresh, stored);
  if (verdicts === stored && !isAny(changes)) return;
  const occasion = { org, account, place: finding.place, scan: { id: finding.lastScanId } };
  const transitions = await transitionsOf({ org }, changes);
  const events = await findingEvents({ org, account, scan: null }, transitions);
  const { runs = 0, completeAt = null } = rechecking.state ?? {};
  try {
    await org.change(
      {
        action: "finding.recheck",
        target: { type: "finding", id: finding.id },
        before: { verdict: readVerdicts(stored).get(check.id)?.status ?? null },
        after: { verdict: fresh.judged?.stored.status ?? (fresh.gone ? "gone" : "unknown") },
      },
      [
        org.db.sql(`UPDATE resources SET ${column} = ?3 WHERE org_id = ?1 AND id = ?2`, org.id, resource.id, verdicts),
        ...findingStatements(occasion, changes, () => ({ runs, completeAt })),
        ...countHappened(org, account.id, happenedIn(transitions)),
        ...eventStatements(org, ...events),
      ],
      undefined,
      [fence(rechecking, column, stored)],
    );
  } catch (error) {
    if (!hasMovedOn(error)) throw error;
    throw await whatIsInTheWay(rechecking);
  }
  await rankRecommendations(org);
  await nudgeDeliveries(
    org,
    events.flatMap(({ id }) => (id ? [id] : [])),
  );
}

const isAny = ({ opens, resolves, unverified }: FindingChanges): boolean =>
  opens.length + resolves.length + unverified.length > 0;

/** The verdicts of the resource with this one put in, and what that asks of the finding. */
async function outcomeOf(
  { finding, resource, check, collector }: Rechecking,
  { found, judged, gone }: Freshly,
  stored: string,
): Promise<{ verdicts: string; changes: FindingChanges }> {
  const known = readVerdicts(stored);
  const before = known.get(check.id);
  const touched = [{ id: finding.id, collector: finding.collector }];
  const after = new Map(known);
  if (gone || (found && !judged)) {
    after.delete(check.id);
    return { verdicts: writeVerdicts(after), changes: { opens: [], resolves: touched, unverified: [] } };
  }
  if (!found || !judged) {
    after.set(check.id, before?.status === "pass" ? { status: "unknown", passed: true } : { status: "unknown" });
    const unverified = before?.status === "fail" ? touched : [];
    return { verdicts: writeVerdicts(after), changes: { opens: [], resolves: [], unverified } };
  }
  const [remembered = judged] = rememberPasses([judged], known);
  const steady = isReadInPart(found) ? steadied(remembered, before) : remembered;
  after.set(check.id, steady.stored);
  const at = { partition: "aws", awsAccountId: finding.awsAccountId, region: finding.region };
  const write = resourceWrite(collector, at, { id: resource.id, found }, { digest: "", verdicts: "" });
  const { open, resolve, unverified } = await fateOf({ ...write, region: finding.region }, steady, before);
  return {
    verdicts: writeVerdicts(after),
    changes: { opens: open ? [open] : [], resolves: resolve ? touched : [], unverified: unverified ? touched : [] },
  };
}

/**
 * The first statement of the batch: it fails the batch when a scan of the account runs, or has run since, or when the verdicts are
 * no longer those that were read.
 */
const fence = ({ org, account, resource }: Rechecking, column: string, stored: string): Statement =>
  pin(
    org,
    `(SELECT scan_seq FROM accounts WHERE org_id = ?1 AND id = ?2) = ?3
       AND NOT EXISTS (SELECT 1 FROM scans WHERE active = 1 AND org_id = ?1 AND account_id = ?2)
       AND (SELECT ${column} FROM resources WHERE org_id = ?1 AND id = ?4) = ?5`,
    account.id,
    account.scanSeq,
    resource.id,
    stored,
  );

async function whatIsInTheWay({ org, account }: Rechecking): Promise<Fault> {
  const [rows] = await org.db.atomic([
    org.db.sql(`SELECT id FROM scans WHERE active = 1 AND org_id = ?1 AND account_id = ?2`, org.id, account.id),
  ]);
  // safe: the statement's own column.
  const [scan] = rows as { id: string }[];
  return scan
    ? running(scan.id)
    : new Fault("CONFLICT", "A scan, or another recheck, was faster. Read the finding again.");
}
