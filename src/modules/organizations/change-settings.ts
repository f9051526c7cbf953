import { and, eq } from "drizzle-orm";
import { paramComplaints } from "#checks/params";
import { checks } from "#checks/registry";
import type { AuditEntry } from "#db/audit";
import type { OrgContext } from "#db/context";
import { organizations } from "#db/schema";
import type { OrgSettings } from "#db/values";
import { Fault, type FaultDetail } from "#lib/fault";
import { patched } from "#lib/merge-patch";
import { invalidRequest } from "#lib/validate";
import { getOrganization, type Organization } from "./get.ts";
import { Settings } from "./shapes.ts";

/**
 * Merges a patch (RFC 7396) into the settings; limits hold from the next request on. Faults: INVALID_REQUEST,
 * PRECONDITION_FAILED, CONFLICT when somebody else changed them at the same moment, UNAVAILABLE.
 */
export async function changeSettings(org: OrgContext, patch: unknown, ifMatch: number | null): Promise<Organization> {
  const after = await replaceSettings(org, {
    ifMatch,
    settings: (before) => merged(before, patch),
    entry: (before, settings) => ({
      action: "organization.change_settings",
      target: { type: "organization", id: org.id },
      before: { ...before },
      after: { ...settings },
    }),
  });
  await tellGate(org, after.settings.limits);
  return after;
}

export interface SettingsChange {
  readonly ifMatch: number | null;
  /** The settings as they are to be, given those that are. */
  settings(before: OrgSettings): OrgSettings;
  entry(before: OrgSettings, after: OrgSettings): AuditEntry;
}

/** Stores other settings in one statement. Faults: PRECONDITION_FAILED, CONFLICT. */
export async function replaceSettings(org: OrgContext, change: SettingsChange): Promise<Organization> {
  const before = await getOrganization(org);
  if (change.ifMatch !== null && change.ifMatch !== before.version) throw stale(before.version);
  const settings = change.settings(before.settings);
  const update = org.db
    .update(organizations)
    .set({ settings, version: before.version + 1, updatedAt: org.now.toISOString() })
    .where(and(eq(organizations.orgId, org.id), eq(organizations.version, before.version)))
    .returning();
  const [rows] = await org.change(change.entry(before.settings, settings), [update]);
  // safe: the update answers the rows it changed.
  const [after] = rows as Organization[];
  if (!after) throw new Fault("CONFLICT", "The settings were changed at the same moment. Read them again.");
  return after;
}

const stale = (currentVersion: number): Fault =>
  new Fault("PRECONDITION_FAILED", `The settings are at version ${currentVersion}. Read them again and repeat.`, {
    members: { currentVersion },
  });

function merged(before: OrgSettings, patch: unknown): OrgSettings {
  const settings = patched(Settings, before, patch);
  const errors = checkComplaints(before, settings);
  if (errors.length === 0) return settings;
  throw invalidRequest(errors.map((error): FaultDetail => ({ in: "body", ...error })));
}

const checksById = new Map(checks.map((check) => [check.id, check] as const));

/** What is new about checks must name checks there are, and parameters they have. What was stored before a release stays. */
function checkComplaints(before: OrgSettings, after: OrgSettings): Pick<FaultDetail, "pointer" | "message">[] {
  const unknown = "is not a check; see GET /checks";
  const off = (after.checksOff ?? []).flatMap((id, index) =>
    checksById.has(id) || before.checksOff?.includes(id) ? [] : [{ pointer: `/checksOff/${index}`, message: unknown }],
  );
  const params = Object.entries(after.checkParams).flatMap(([id, own]) => {
    if (JSON.stringify(before.checkParams[id]) === JSON.stringify(own)) return [];
    const check = checksById.get(id);
    const at = `/checkParams/${id}`;
    if (!check) return [{ pointer: at, message: unknown }];
    return paramComplaints(check.params, own).map(({ pointer, message }) => ({ pointer: at + pointer, message }));
  });
  return [...off, ...params];
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
