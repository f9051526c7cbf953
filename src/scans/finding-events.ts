import { chunkForEvent, type EventName, type OutboxEvent } from "#db/outbox";
import { derivedId } from "#lib/id";
import type { FindingWrite } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import type { KnownFinding, Transitions } from "./finding-changes.ts";

/** What an event says of a finding. */
type Told = Pick<
  FindingWrite & KnownFinding,
  | "id"
  | "type"
  | "title"
  | "severity"
  | "summary"
  | "service"
  | "region"
  | "resourceId"
  | "resourceArn"
  | "resourceName"
>;

/**
 * The events of a slice: findings told under the same names go together, at most 50 to an event. Their ids are derived from
 * what happened, so that a batch that is repeated meets its own rows.
 */
export async function findingEvents(task: ClaimedTask, transitions: Transitions): Promise<OutboxEvent[]> {
  const groups = new Map<string, { names: EventName[]; findings: Told[] }>();
  const add = (names: EventName[], finding: Told): void => {
    const group = groups.get(names.join()) ?? { names, findings: [] };
    group.findings.push(finding);
    groups.set(names.join(), group);
  };
  for (const finding of transitions.opened) add(namesOf(finding, "finding.opened"), finding);
  for (const finding of transitions.reopened) add(namesOf(finding, "finding.reopened"), finding);
  for (const finding of transitions.raised) add(["finding.critical"], finding);
  for (const finding of transitions.resolved) add(["finding.resolved"], finding);
  return Promise.all(
    [...groups.values()].flatMap((group) =>
      chunkForEvent(group.findings.map(told)).map((chunk) => event(task, group.names, chunk)),
    ),
  );
}

/** The most specific name first: what has a name of its own, a guarded control that regressed, a critical one, what simply happened. */
function namesOf({ type, severity, drifted }: FindingWrite, happened: EventName): EventName[] {
  return [
    ...(type === "cost_anomaly" ? (["cost.anomaly"] as const) : []),
    ...(drifted ? (["security.drift"] as const) : []),
    ...(severity === "critical" ? (["finding.critical"] as const) : []),
    happened,
  ];
}

const told = ({
  id,
  type,
  title,
  severity,
  summary,
  service,
  region,
  resourceId,
  resourceArn,
  resourceName,
}: Told): Told => ({
  id,
  type,
  title,
  severity,
  summary: summary.slice(0, 500),
  service,
  region,
  resourceId,
  resourceArn,
  resourceName,
});

async function event(
  { org, scan, account }: ClaimedTask,
  names: readonly EventName[],
  findings: readonly Told[],
): Promise<OutboxEvent> {
  return {
    id: await derivedId("event", scan.id, names.join(), ...findings.map(({ id }) => id)),
    names,
    data: {
      scanId: scan.id,
      runId: scan.runId,
      accountId: account.id,
      awsAccountId: account.awsAccountId,
      at: org.now.toISOString(),
      findings,
    },
  };
}
