import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { customFrameworks } from "#db/schema";
import { Fault, refuseStale } from "#lib/fault";
import { patched } from "#lib/merge-patch";
import { FrameworkInput, inputOf } from "./own-shapes.ts";
import { audited, getOwn, isOwn, refuseUnknownRules, rulesNamedIn } from "./own.ts";
import type { FrameworkRow } from "./standing.ts";

interface Naming {
  readonly id: string;
  readonly ifMatch: number | null;
}

/** Replaces a framework. Faults: INVALID_REQUEST, RESOURCE_NOT_FOUND, PRECONDITION_FAILED, CONFLICT. */
export const replaceFramework = (org: OrgContext, naming: Naming, input: FrameworkInput): Promise<FrameworkRow> =>
  write(org, naming, () => input);

/** Merges a patch (RFC 7396) into a framework. Faults: those of `replaceFramework`. */
export const changeFramework = (org: OrgContext, naming: Naming, patch: unknown): Promise<FrameworkRow> =>
  write(org, naming, (before) => patched(FrameworkInput, inputOf(before), patch));

async function write(
  org: OrgContext,
  { id, ifMatch }: Naming,
  made: (before: FrameworkRow) => FrameworkInput,
): Promise<FrameworkRow> {
  const before = await getOwn(org, id);
  refuseStale("framework", before.version, ifMatch);
  const input = made(before);
  await refuseUnknownRules(org, rulesNamedIn(input));
  const update = org.db
    .update(customFrameworks)
    .set({ ...input, version: before.version + 1, updatedAt: org.now.toISOString() })
    .where(and(isOwn(org, id), eq(customFrameworks.version, before.version)))
    .returning();
  const entry = {
    action: "framework.update",
    target: { type: "framework", id },
    before: audited(inputOf(before)),
    after: audited(input),
  } as const;
  const [updated] = await org.change(entry, [update]);
  // safe: `returning` answers rows of the table.
  const [row] = updated as FrameworkRow[];
  if (row) return row;
  refuseStale("framework", (await getOwn(org, id)).version, ifMatch);
  throw new Fault("CONFLICT", "The framework was changed at the same moment. Read it again.");
}
