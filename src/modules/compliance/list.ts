import type { OrgContext } from "#db/context";
import { wholePage, type Page } from "#db/page";
import { getScores, type ScoredFramework } from "./score.ts";

/** All frameworks with their scores, on one page. Fault: RESOURCE_NOT_FOUND. */
export const listFrameworks = async (
  org: OrgContext,
  query: { readonly accountId?: string | undefined },
): Promise<Page<ScoredFramework>> => wholePage((await getScores(org, query)).frameworks);
