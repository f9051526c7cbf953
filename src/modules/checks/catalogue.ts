import { effectiveParams } from "#checks/params";
import { checks } from "#checks/registry";
import type { About } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import type { OrgContext } from "#db/context";
import type { OrgSettings } from "#db/values";
import { notFound } from "#lib/fault";
import { getOrganization, type Organization } from "#modules/organizations";
import { aboutChecks } from "#scans/about";

/** A check with what people read about it, and as the organization has it asked. */
export interface DescribedCheck {
  readonly check: SealedCheck;
  readonly about: About | undefined;
  readonly enabled: boolean;
  readonly params: Readonly<Record<string, unknown>>;
  /** Of the settings that say so. */
  readonly version: number;
}

/** How an organization has a check asked. */
export const choicesIn = (
  { checksOff, checkParams }: OrgSettings,
  check: SealedCheck,
): Pick<DescribedCheck, "enabled" | "params"> => ({
  enabled: !(checksOff?.includes(check.id) ?? false),
  params: effectiveParams(check.params, checkParams[check.id]),
});

const described = (
  check: SealedCheck,
  about: Readonly<Record<string, About>>,
  { settings, version }: Organization,
): DescribedCheck => ({ check, about: about[check.id], ...choicesIn(settings, check), version });

/** The checks that are `wanted`, by id. Fault: UNAVAILABLE. */
export async function describeChecks(
  org: OrgContext,
  wanted: (check: SealedCheck, about: About | undefined) => boolean,
): Promise<DescribedCheck[]> {
  const [about, organization] = await Promise.all([aboutChecks(org.env), getOrganization(org)]);
  return checks
    .filter((check) => wanted(check, about[check.id]))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((check) => described(check, about, organization));
}

/** The same of one, with settings that were just read. */
export const describeCheck = async (
  org: OrgContext,
  check: SealedCheck,
  organization: Organization,
): Promise<DescribedCheck> => described(check, await aboutChecks(org.env), organization);

/** Fault: RESOURCE_NOT_FOUND. */
export function requireCheck(id: string): SealedCheck {
  const found = checks.find((check) => check.id === id);
  if (!found) throw notFound("check");
  return found;
}
