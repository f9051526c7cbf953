import { checks } from "#checks/registry";
import type { About } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import { collectors } from "#collectors/registry";
import type { OrgContext } from "#db/context";
import { wholePage, type Page } from "#db/page";
import { serviceMeaning } from "#modules/accounts";
import { aboutChecks } from "./about.ts";

export interface CheckFilters {
  readonly severity?: readonly string[] | undefined;
  readonly category?: readonly string[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly framework?: readonly string[] | undefined;
}

/** A check with what people read about it. */
export interface DescribedCheck {
  readonly check: SealedCheck;
  readonly about: About | undefined;
}

/** The catalogue, by id; the same for every organization. */
export async function listChecks(
  org: OrgContext,
  { severity, category, service, framework }: CheckFilters,
): Promise<Page<DescribedCheck>> {
  const about = await aboutChecks(org.env);
  const found = checks.filter(
    (check) =>
      (severity?.includes(check.severity) ?? true) &&
      (category?.includes(check.category) ?? true) &&
      (framework?.some((id) => serves(about[check.id], id)) ?? true) &&
      (service === undefined || judges(check, service)),
  );
  return wholePage(
    found.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((check) => ({ check, about: about[check.id] })),
  );
}

const serves = (about: About | undefined, framework: string): boolean =>
  [about?.controls ?? {}, ...Object.values(about?.variants ?? {})].some((controls) => framework in controls);

/** A check that judges whatever is found judges every service. */
function judges({ resources }: SealedCheck, words: readonly string[]): boolean {
  const { by, values } = serviceMeaning(words);
  return resources === "every" || resources.some((id) => values.includes(collectors[id][by]));
}
