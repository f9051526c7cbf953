import { and, eq } from "drizzle-orm";
import { changeVersion, type Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { customFrameworks } from "#db/schema";
import { patched } from "#lib/merge-patch";
import { FrameworkInput, inputOf } from "./own-shapes.ts";
import { audited, getOwn, isOwn, refuseUnknownRules, rulesNamedIn } from "./own.ts";
import type { FrameworkRow } from "./standing.ts";

/** Replaces a framework. Faults: INVALID_REQUEST, RESOURCE_NOT_FOUND, PRECONDITION_FAILED, CONFLICT. */
export const replaceFramework = (org: OrgContext, naming: Naming, input: FrameworkInput): Promise<FrameworkRow> =>
  change(org, naming, () => input);

/** Merges a patch (RFC 7396) into a framework. Faults: those of `replaceFramework`. */
export const changeFramework = (org: OrgContext, naming: Naming, patch: unknown): Promise<FrameworkRow> =>
  change(org, naming, (before) => patched(FrameworkInput, before, patch));

const change = (
  org: OrgContext,
  naming: Naming,
  to: (before: FrameworkInput) => FrameworkInput,
): Promise<FrameworkRow> =>
  changeVersion(org, { what: "framework", get: getOwn }, naming, async (before) => {
    const { id, version } = before;
    const known = inputOf(before);
    const input = to(known);
    await refuseUnknownRules(org, rulesNamedIn(input));
    const update = org.db
      .update(customFrameworks)
      .set({ ...input, version: version + 1, updatedAt: org.now.toISOString() })
      .where(and(isOwn(org, id), eq(customFrameworks.version, version)))
      .returning();
    const target = { type: "framework", id };
    return {
      entry: { action: "framework.update", target, before: audited(known), after: audited(input) },
      statements: [update],
    };
  });
