import { eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows, whenAlone } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { policies } from "#db/schema";
import type { Policy } from "./policy.ts";

const sortable = { createdAt: policies.id, name: policies.name };
export const policySort = Object.keys(sortable);

/** A page of the policies, the newest first. An organization has few: the filter looks at all of them. */
export function listPolicies(
  org: OrgContext,
  page: PageRequest,
  { enabled }: { readonly enabled?: readonly ("true" | "false")[] | undefined },
): Promise<Page<Policy>> {
  return listRows(org, {
    table: policies,
    page,
    order: [{ column: policies.id, descending: true }],
    sortable,
    conditions: whenAlone(enabled, (word) => eq(policies.enabled, word === "true")),
  });
}
