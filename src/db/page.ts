import { Fault } from "#lib/fault";

/** What a caller asks of a list. */
export interface PageRequest {
  /** 1–500. */
  readonly limit: number;
  /** Empty: the list's own order. */
  readonly sort: readonly SortField[];
  /** Keyset position: rows after (or, with `backward`, before) this one. */
  readonly from: { readonly key: PageKey; readonly backward: boolean } | null;
  /** 1-based, page style; null in cursor style. */
  readonly page: number | null;
  /** Totals are wanted. */
  readonly count: boolean;
}

export interface SortField {
  readonly field: string;
  readonly descending: boolean;
}

/** The sort values of one row, its id last. */
export type PageKey = readonly (string | number | null)[];

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  readonly next: PageKey | null;
  readonly previous: PageKey | null;
  /** Null in cursor style unless asked for. */
  readonly total: number | null;
  /** False: there are at least `total` rows. */
  readonly totalExact: boolean | null;
}

/** Where a numbered or a keyset page begins, among the rows that were read for it. */
export const rowsNeeded = ({ page, limit }: PageRequest): number => (page ?? 1) * limit + 1;

/** The keyset position of a list ordered by at most `parts` texts; empty at its start. Fault: INVALID_CURSOR. */
export function textPosition({ from }: PageRequest, parts: number): readonly string[] {
  const key = from?.key ?? [];
  const texts = key.filter((part) => typeof part === "string");
  if (texts.length < key.length || key.length > parts) {
    throw new Fault("INVALID_CURSOR", "The cursor was made for another list. Start again without it.");
  }
  return texts;
}

/**
 * A page of rows read in the direction asked for, `rowsNeeded` at most, from the keyset position on (numbered pages: from the
 * start). `keyOf` gives a row's position.
 */
export function cutPage<Row>(
  { page, limit, from }: PageRequest,
  found: readonly Row[],
  keyOf: (row: Row) => PageKey,
): Omit<Page<Row>, "total" | "totalExact"> {
  const backward = from?.backward ?? false;
  const start = ((page ?? 1) - 1) * limit;
  const more = found.length > start + limit;
  const rows = found.slice(start, start + limit);
  if (backward) rows.reverse();
  const [first, last] = [rows.at(0), rows.at(-1)];
  const hasNext = backward || more;
  const hasPrevious = backward ? more : from !== null || start > 0;
  return {
    rows,
    hasMore: hasNext,
    next: hasNext && last !== undefined ? keyOf(last) : null,
    previous: hasPrevious && first !== undefined ? keyOf(first) : null,
  };
}

/** A page of a list that is at hand as a whole, in its order; its total is known. `positionOf` orders as the list does. */
export function pageOfAll<Row>(request: PageRequest, all: readonly Row[], positionOf: (row: Row) => string): Page<Row> {
  const [position] = request.from?.key ?? [];
  const backward = request.from?.backward ?? false;
  const at = typeof position === "string" ? position : null;
  const rest = backward
    ? all.filter((row) => at === null || positionOf(row) < at).toReversed()
    : all.filter((row) => at === null || positionOf(row) > at);
  const page = cutPage(request, rest.slice(0, rowsNeeded(request)), (row) => [positionOf(row)]);
  return { ...page, total: all.length, totalExact: true };
}

/** A list that always fits one page, e.g. the regions of an organization. */
export const wholePage = <Row>(rows: readonly Row[]): Page<Row> => ({
  rows,
  hasMore: false,
  next: null,
  previous: null,
  total: rows.length,
  totalExact: true,
});
