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

/** A list that always fits one page, e.g. the regions of an organization. */
export const wholePage = <Row>(rows: readonly Row[]): Page<Row> => ({
  rows,
  hasMore: false,
  next: null,
  previous: null,
  total: rows.length,
  totalExact: true,
});
