import { z } from "@hono/zod-openapi";
import { encodeCursor, decodeCursor, type CursorList } from "#db/cursor";
import type { Page, PageRequest, SortField } from "#db/page";
import type { MasterKeys } from "#lib/secrets";
import { invalidRequest } from "#lib/validate";

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** What every list takes beside its filters. */
export const PagingQuery = z.object({
  limit: whole(1, 500)
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: 500, default: 50, description: "Rows of a page." }),
  cursor: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .openapi({ description: "`nextCursor` or `prevCursor` of an answer of this list." }),
  page: whole(1, 10_000).optional().openapi({
    type: "integer",
    minimum: 1,
    description: "Numbered pages, to 10,000 rows deep; `cursor` has no such end.",
  }),
  sort: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: "Fields separated by commas; `-` in front: descending." }),
  count: z
    .stringbool()
    .optional()
    .openapi({ type: "boolean", default: false, description: "Totals also in cursor style." }),
  format: z.enum(["json", "csv"]).optional().openapi({ description: "`csv`: as `Accept: text/csv`." }),
});

export const pagingNames = Object.keys(PagingQuery.shape);

export const Pagination = z
  .object({
    limit: z.int(),
    nextCursor: z.string().nullable(),
    prevCursor: z.string().nullable(),
    hasMore: z.boolean(),
    page: z.int().nullable(),
    total: z.int().nullable(),
    totalPages: z.int().nullable(),
    totalExact: z.boolean().nullable().openapi({ description: "False: there are at least `total` rows." }),
  })
  .openapi("Pagination", {
    example: {
      limit: 50,
      nextCursor: null,
      prevCursor: null,
      hasMore: false,
      page: null,
      total: null,
      totalPages: null,
      totalExact: null,
    },
  });

export const defaultPage: PageRequest = { limit: 50, sort: [], from: null, page: null, count: false };

/** Faults: INVALID_REQUEST, INVALID_CURSOR. */
export async function pageRequest(
  keys: MasterKeys,
  list: CursorList,
  asked: z.output<typeof PagingQuery>,
  sortable: readonly string[],
): Promise<PageRequest> {
  if (asked.cursor !== undefined && asked.page !== undefined) {
    throw invalidRequest([{ in: "query", pointer: "page", message: "cannot be used together with `cursor`" }]);
  }
  return {
    limit: asked.limit ?? defaultPage.limit,
    sort: asked.sort === undefined ? [] : sortFields(asked.sort, sortable),
    from: asked.cursor === undefined ? null : await decodeCursor(keys, list, asked.cursor),
    page: asked.page ?? null,
    count: asked.count ?? false,
  };
}

function sortFields(text: string, sortable: readonly string[]): SortField[] {
  const fields = text
    .split(",")
    .map((part) => ({ field: part.replace(/^[-+]/, ""), descending: part.startsWith("-") }));
  const wrong = fields.find(
    ({ field }, index) => !sortable.includes(field) || fields.findIndex((other) => other.field === field) !== index,
  );
  if (!wrong) return fields;
  const message = sortable.includes(wrong.field)
    ? `names \`${wrong.field}\` twice`
    : `cannot be \`${wrong.field}\`; known: ${sortable.length > 0 ? sortable.join(", ") : "none, this list has one order"}`;
  throw invalidRequest([{ in: "query", pointer: "sort", message }]);
}

/** The `pagination` member of a list. */
export async function paginationOf(
  keys: MasterKeys,
  list: CursorList,
  request: PageRequest,
  page: Page<unknown>,
): Promise<z.infer<typeof Pagination>> {
  const { next, previous, total } = page;
  return {
    limit: request.limit,
    nextCursor: next && (await encodeCursor(keys, list, { key: next, backward: false })),
    prevCursor: previous && (await encodeCursor(keys, list, { key: previous, backward: true })),
    hasMore: page.hasMore,
    page: request.page,
    total,
    totalPages: total === null ? null : Math.ceil(total / request.limit),
    totalExact: page.totalExact,
  };
}

/** RFC 8288 links: `next`, `prev` and `first`, in the style in which the page was asked for. */
export function linkHeader(url: URL, { nextCursor, prevCursor, page, hasMore }: z.infer<typeof Pagination>): string {
  const link = (rel: string, changes: Readonly<Record<string, string>>): string => {
    const query = new URLSearchParams(url.searchParams);
    query.delete("cursor");
    query.delete("page");
    for (const [name, value] of Object.entries(changes)) query.set(name, value);
    const text = query.toString();
    return `<${url.pathname}${text === "" ? "" : `?${text}`}>; rel="${rel}"`;
  };
  const links = [link("first", page === null ? {} : { page: "1" })];
  if (page !== null) {
    if (hasMore) links.push(link("next", { page: String(page + 1) }));
    if (page > 1) links.push(link("prev", { page: String(page - 1) }));
    return links.join(", ");
  }
  if (nextCursor !== null) links.push(link("next", { cursor: nextCursor }));
  if (prevCursor !== null) links.push(link("prev", { cursor: prevCursor }));
  return links.join(", ");
}
