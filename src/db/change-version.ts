import { Fault, refuseStale } from "#lib/fault";
import type { AuditEntry } from "./audit.ts";
import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

/** A thing that people change, and the version they read it in; null: whichever it has. */
export interface Naming {
  readonly id: string;
  readonly ifMatch: number | null;
}

/** As `org.change` takes it. The first statement answers the row when it had the version it was read in, else nothing. */
export interface VersionChange {
  readonly entry: AuditEntry;
  readonly statements: readonly [Statement, ...Statement[]];
  readonly value?: unknown;
  /** Given what the other statements answered when the first answered nothing: throws where that is why. */
  readonly refuse?: (answers: readonly unknown[]) => void;
}

/**
 * Changes a thing in the version that `changeOf` is given; null: nothing is to be changed. Answers the row as it is then. Faults: those
 * of `get`, `changeOf` and `refuse`; PRECONDITION_FAILED; CONFLICT when it was changed at the same moment.
 */
export async function changeVersion<Row extends { readonly version: number }>(
  org: OrgContext,
  { what, get }: { readonly what: string; readonly get: (org: OrgContext, id: string) => Promise<Row> },
  { id, ifMatch }: Naming,
  changeOf: (before: Row) => Promise<VersionChange | null>,
): Promise<Row> {
  const before = await get(org, id);
  refuseStale(what, before.version, ifMatch);
  const change = await changeOf(before);
  if (!change) return before;
  const [changed, ...answers] = await org.change(change.entry, change.statements, change.value);
  // safe: the first statement answers rows of the table.
  const [row] = changed as Row[];
  if (row) return row;
  const { version } = await get(org, id);
  change.refuse?.(answers);
  refuseStale(what, version, ifMatch);
  throw new Fault("CONFLICT", `The ${what} was changed at the same moment. Read it again.`);
}
