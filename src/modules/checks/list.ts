import type { About } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import { collectors } from "#collectors/registry";
import type { OrgContext } from "#db/context";
import { wholePage, type Page } from "#db/page";
import { serviceMeaning } from "#modules/accounts";
import { describeChecks, type DescribedCheck } from "./catalogue.ts";

export interface CheckFilters {
  readonly severity?: readonly string[] | undefined;
  readonly category?: readonly string[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly framework?: readonly string[] | undefined;
}

/** The catalogue, by id, as the organization has it asked. */
export const listChecks = async (
  org: OrgContext,
  { severity, category, service, framework }: CheckFilters,
): Promise<Page<DescribedCheck>> =>
  wholePage(
    await describeChecks(
      org,
      (check, about) =>
        (severity?.includes(check.severity) ?? true) &&
        (category?.includes(check.category) ?? true) &&
        (framework?.some((id) => serves(about, id)) ?? true) &&
        (service === undefined || judges(check, service)),
    ),
  );

const serves = (about: About | undefined, framework: string): boolean =>
  [about?.controls ?? {}, ...Object.values(about?.variants ?? {})].some((served) => framework in served);

/** A check that judges whatever is found judges every service. */
function judges({ resources }: SealedCheck, words: readonly string[]): boolean {
  const { by, values } = serviceMeaning(words);
  return resources === "every" || resources.some((id) => values.includes(collectors[id][by]));
}
