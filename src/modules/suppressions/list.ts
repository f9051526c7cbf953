import { eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { suppressions } from "#db/schema";
import type { SuppressionRow } from "./suppression.ts";

const sortable = { createdAt: suppressions.id, name: suppressions.name, expiresAt: suppressions.expiresAt };
export const suppressionSort = Object.keys(sortable);

/** A page of the suppressions, the oldest first: the order in which they are asked. */
export const listSuppressions = (
  org: OrgContext,
  page: PageRequest,
  { q }: { readonly q?: string | undefined },
): Promise<Page<SuppressionRow>> =>
  listRows(org, {
    table: suppressions,
    page,
    order: [{ column: suppressions.id, descending: false }],
    sortable,
    conditions: [
      eq(suppressions.deleted, false),
      ...(q ? [sql`instr(lower(${suppressions.name}), lower(${q})) > 0`] : []),
    ],
  });
