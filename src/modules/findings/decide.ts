import type { OrgContext } from "#db/context";
import type { FindingTicket } from "#db/values";
import { Fault } from "#lib/fault";
import type { FindingRow } from "./finding.ts";

/** What people may change of a finding; what is left out stays. */
export interface FindingChanges {
  readonly status?: "open" | "snoozed" | "ignored" | undefined;
  readonly snoozedUntil?: string | null | undefined;
  readonly ignoreReason?: string | null | undefined;
  /** Null: for good. */
  readonly ignoredUntil?: string | null | undefined;
  readonly note?: string | null | undefined;
  readonly assignee?: string | null | undefined;
  readonly dueAt?: string | null | undefined;
  /** Its members are merged; null removes it. */
  readonly ticket?: { readonly key?: string | undefined; readonly url?: string | null | undefined } | null | undefined;
}

/** The columns that are people's. */
export type Decided = Pick<FindingRow, (typeof decidedColumns)[number]>;

const decidedColumns = [
  "status",
  "snoozedUntil",
  "ignoreReason",
  "ignoredUntil",
  "suppressionId",
  "exempt",
  "note",
  "assignee",
  "dueAt",
  "ticket",
  "decidedBy",
  "decidedAt",
] as const;

/** The columns of a finding that are people's. */
export const decidedOf = (row: Decided): Decided =>
  // safe: exactly the members named.
  Object.fromEntries(decidedColumns.map((name) => [name, row[name]])) as unknown as Decided;

/** Who decides, and when. */
export type Decider = Pick<OrgContext, "now" | "actor">;

/**
 * What becomes of people's columns; null: nothing changes. `suppressed`: a suppression matches it, so that one that is reopened
 * has to be kept from it. Faults: INVALID_REQUEST for a decision that is not whole; INVALID_TRANSITION for one about a finding
 * that is resolved.
 */
export function decide(row: Decided, changes: FindingChanges, decider: Decider, suppressed: boolean): Decided | null {
  const before = decidedOf(row);
  const { note = row.note, assignee = row.assignee, dueAt = row.dueAt } = changes;
  const noted = { ...before, note, assignee, dueAt, ticket: mergedTicket(row.ticket, changes.ticket) };
  const after = isDecision(changes) ? { ...noted, ...decision(row, changes, decider, suppressed) } : noted;
  return JSON.stringify(after) === JSON.stringify(before) ? null : after;
}

const isDecision = ({ status, snoozedUntil, ignoreReason, ignoredUntil }: FindingChanges): boolean =>
  [status, snoozedUntil, ignoreReason, ignoredUntil].some((member) => member !== undefined);

type Decision = Partial<Decided>;

function decision(row: Decided, changes: FindingChanges, { now, actor }: Decider, suppressed: boolean): Decision {
  if (row.status === "resolved") {
    throw new Fault(
      "INVALID_TRANSITION",
      "This finding is resolved: it opens by itself when its check fails again. Note, assignee, due date and ticket may be changed.",
    );
  }
  const decided = statesBy[changes.status ?? row.status](row, changes, now);
  const same = Object.entries(decided).every(([name, value]) => row[name as keyof Decided] === value);
  if (same) return {};
  const isReopened = decided.status === "open" && (suppressed || row.suppressionId !== null);
  return { ...decided, exempt: row.exempt || isReopened, decidedBy: actor.id, decidedAt: now.toISOString() };
}

const free = { snoozedUntil: null, ignoreReason: null, ignoredUntil: null, suppressionId: null } as const;

const statesBy: Readonly<Record<Exclude<FindingRow["status"], "resolved">, typeof snoozed>> = {
  open(_, changes) {
    refuse(changes, ["snoozedUntil", "ignoreReason", "ignoredUntil"], "open");
    return { ...free, status: "open" };
  },
  snoozed,
  ignored,
};

function snoozed(row: Decided, changes: FindingChanges, now: Date): Decision {
  refuse(changes, ["ignoreReason", "ignoredUntil"], "snoozed");
  const { snoozedUntil = row.status === "snoozed" ? row.snoozedUntil : null } = changes;
  if (snoozedUntil === null) throw wrong("snoozedUntil", "is required: say until when it is snoozed");
  if (changes.snoozedUntil) refusePast("snoozedUntil", changes.snoozedUntil, now);
  return { ...free, status: "snoozed", snoozedUntil };
}

function ignored(row: Decided, changes: FindingChanges, now: Date): Decision {
  refuse(changes, ["snoozedUntil"], "ignored");
  const was = row.status === "ignored" ? row : free;
  const { ignoreReason = was.ignoreReason, ignoredUntil = was.ignoredUntil } = changes;
  if (!ignoreReason) throw wrong("ignoreReason", "is required: say why it is ignored");
  if (changes.ignoredUntil) refusePast("ignoredUntil", changes.ignoredUntil, now);
  return { ...free, status: "ignored", ignoreReason, ignoredUntil };
}

function refuse(changes: FindingChanges, names: readonly (keyof FindingChanges)[], status: string): void {
  const given = names.find((name) => changes[name]);
  if (given) throw wrong(given, `does not go with the status ${status}`);
}

function refusePast(name: string, moment: string, now: Date): void {
  if (moment <= now.toISOString()) throw wrong(name, "must be in the future");
}

function mergedTicket(before: FindingTicket | null, changes: FindingChanges["ticket"]): FindingTicket | null {
  if (changes === undefined) return before;
  if (changes === null) return null;
  const { key = before?.key, url = before?.url ?? null } = changes;
  if (key === undefined) throw wrong("ticket/key", "is required");
  return { key, url };
}

const wrong = (name: string, message: string): Fault =>
  new Fault("INVALID_REQUEST", `body /${name} ${message}.`, { errors: [{ in: "body", pointer: `/${name}`, message }] });
