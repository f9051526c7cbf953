import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { organizations } from "#db/schema";
import type { OrgSettings } from "#db/values";
import { Fault } from "#lib/fault";
import { getOrganization, type Organization } from "./get.ts";
import { mergePatch } from "#lib/merge-patch";
import { Settings } from "./shapes.ts";

/**
 * Merges a patch (RFC 7396) into the settings; limits hold from the next request on. Faults: INVALID_REQUEST,
 * PRECONDITION_FAILED, CONFLICT when somebody else changed them at the same moment, UNAVAILABLE.
 */
export async function changeSettings(org: OrgContext, patch: unknown, ifMatch: number | null): Promise<Organization> {
  const before = await getOrganization(org);
  if (ifMatch !== null && ifMatch !== before.version) throw stale(before.version);
  const settings = merged(before.settings, patch);
  const entry = {
    action: "organization.change_settings",
    target: { type: "organization", id: org.id },
    before: { ...before.settings },
    after: { ...settings },
  } as const;
  const update = org.db
    .update(organizations)
    .set({ settings, version: before.version + 1, updatedAt: org.now.toISOString() })
    .where(and(eq(organizations.orgId, org.id), eq(organizations.version, before.version)))
    .returning();
  const [rows] = await org.change(entry, [update]);
  // safe: the update answers the rows it changed.
  const [after] = rows as Organization[];
  if (!after) throw new Fault("CONFLICT", "The settings were changed at the same moment. Read them again.");
  await tellGate(org, settings.limits);
  return after;
}

const stale = (currentVersion: number): Fault =>
  new Fault("PRECONDITION_FAILED", `The settings are at version ${currentVersion}. Read them again and repeat.`, {
    members: { currentVersion },
  });

function merged(before: OrgSettings, patch: unknown): OrgSettings {
  const result = Settings.safeParse(mergePatch(before, patch));
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({
    in: "body" as const,
    pointer: `/${path.join("/")}`,
    message,
  }));
  throw new Fault("INVALID_REQUEST", "The settings would not be valid; see `errors`.", { errors });
}

/** The same patch again tells it again, should it fail. */
async function tellGate(org: OrgContext, limits: OrgSettings["limits"]): Promise<void> {
  const tell = (): Promise<void> => org.env.ORG_GATE.getByName(org.id).configure(limits);
  await tell()
    .catch(tell)
    .catch((cause: unknown) => {
      throw new Fault("UNAVAILABLE", "The settings are stored, but the limits are not in force yet. Send them again.", {
        cause,
        members: { retryAfterSeconds: 1 },
      });
    });
}
