import { paramComplaints } from "#checks/params";
import type { SealedCheck } from "#checks/sealed";
import type { OrgContext } from "#db/context";
import type { OrgSettings } from "#db/values";
import { Fault } from "#lib/fault";
import { mergePatch } from "#lib/merge-patch";
import { replaceSettings } from "#modules/organizations";
import { choicesIn, describeCheck, requireCheck, type DescribedCheck } from "./catalogue.ts";

/** How a check is to be asked; null: as usual. */
export interface CheckChoices {
  readonly enabled?: boolean | null | undefined;
  readonly params?: Readonly<Record<string, unknown>> | null | undefined;
}

type Own = Readonly<Record<string, unknown>>;

/** Merges choices (RFC 7396) into the organization's; what is left out stays. Faults: as `storeChoices`. */
export const changeCheck = (
  org: OrgContext,
  id: string,
  { enabled, params }: CheckChoices,
  ifMatch: number | null,
): Promise<DescribedCheck> =>
  storeChoices(org, id, ifMatch, (before) => ({
    enabled: enabled === undefined ? before.enabled : (enabled ?? true),
    // safe: the merge of objects is one.
    params: params === undefined ? before.params : params === null ? {} : (mergePatch(before.params, params) as Own),
  }));

/** Replaces the organization's choices; what is left out is as usual. Faults: as `storeChoices`. */
export const replaceCheck = (
  org: OrgContext,
  id: string,
  { enabled, params }: CheckChoices,
  ifMatch: number | null,
): Promise<DescribedCheck> =>
  storeChoices(org, id, ifMatch, () => ({ enabled: enabled ?? true, params: params ?? {} }));

interface Stored {
  readonly enabled: boolean;
  /** Those that differ from the defaults. */
  readonly params: Own;
}

/** Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED, CONFLICT, UNAVAILABLE. */
async function storeChoices(
  org: OrgContext,
  id: string,
  ifMatch: number | null,
  choose: (before: Stored) => Stored,
): Promise<DescribedCheck> {
  const check = requireCheck(id);
  const after = await replaceSettings(org, {
    ifMatch,
    settings: (before) => {
      const chosen = choose({ enabled: choicesIn(before, check).enabled, params: before.checkParams[id] ?? {} });
      refuseParams(check, chosen.params);
      return withChoices(before, id, chosen);
    },
    entry: (before, settings) => ({
      action: "check.change",
      target: { type: "check", id },
      before: choicesIn(before, check),
      after: choicesIn(settings, check),
    }),
  });
  return describeCheck(org, check, after);
}

function refuseParams(check: SealedCheck, params: Own): void {
  const errors = paramComplaints(check.params, params).map(({ pointer, message }) => ({
    in: "body" as const,
    pointer: `/params${pointer}`,
    message,
  }));
  if (errors.length > 0)
    throw new Fault("INVALID_REQUEST", "The check has no such parameters; see `errors`.", { errors });
}

function withChoices(before: OrgSettings, id: string, { enabled, params }: Stored): OrgSettings {
  const { [id]: _, ...others } = before.checkParams;
  const off = (before.checksOff ?? []).filter((one) => one !== id);
  return {
    ...before,
    checkParams: Object.keys(params).length > 0 ? { ...others, [id]: params } : others,
    checksOff: enabled ? off : [...off, id].toSorted(),
  };
}
