import type { RawStatement } from "#db/database";

interface Prepared {
  mapResult(result: D1Result): unknown;
}

/** The same statement, whose rows `see` is shown when its batch has run. */
export function observed<Row>(
  statement: RawStatement<Row>,
  see: (rows: readonly unknown[]) => void,
): RawStatement<Row> {
  // safe: drizzle's batch calls `_prepare` and then `mapResult` of each member; see `rawStatement` in #db/database.
  const inner = statement as unknown as { _prepare(): Prepared };
  const prepared = inner._prepare();
  const mapResult = (result: D1Result): unknown => {
    see(result.results);
    return prepared.mapResult(result);
  };
  return { _prepare: () => ({ ...prepared, mapResult }) } as unknown as RawStatement<Row>;
}
