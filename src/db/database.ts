import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import type { BatchItem } from "drizzle-orm/batch";

/** What statements cost, as D1 counts it. Round trips are calls to the database, however many statements each held. */
export interface Meter {
  rowsRead: number;
  rowsWritten: number;
  roundTrips: number;
  /** Also those that failed: D1 lets an invocation make 1,000. */
  statements: number;
}

export const newMeter = (): Meter => ({ rowsRead: 0, rowsWritten: 0, roundTrips: 0, statements: 0 });

/** Any statement that can stand in a batch. */
export type Statement = BatchItem<"sqlite">;

/**
 * One organization's rows. Drizzle on top of a D1 that counts what every statement cost and, for an organization, refuses
 * a statement that does not carry its id: the only way to a table.
 */
export interface Database extends DrizzleD1Database {
  readonly meter: Meter;
  /** A statement written by hand, for a batch; answers its rows as D1 gives them. */
  sql<Row = Record<string, unknown>>(text: string, ...params: readonly unknown[]): RawStatement<Row>;
  /** All statements or none, in one round trip. Answers each one's rows. */
  atomic(statements: readonly Statement[]): Promise<unknown[]>;
}

/** What drizzle asks of a member of a batch, answered for SQL written by hand. */
export type RawStatement<Row> = BatchItem<"sqlite"> & { readonly _: { readonly result: Row[] } };

/** The database of one organization: every statement must bind `orgId`. */
export const orgDatabase = (d1: D1Database, orgId: string, meter: Meter): Database => build(d1, orgId, meter);

/** For what is not one organization's: looking a key up by its hash, and the cron jobs that visit all. */
export const directoryDatabase = (d1: D1Database, meter: Meter): Database => build(d1, null, meter);

function build(d1: D1Database, orgId: string | null, meter: Meter): Database {
  const client = meteredD1(d1, orgId, meter);
  const orm = drizzle(client);
  const batch = orm.batch.bind(orm);
  return Object.assign(orm, {
    meter,
    sql: <Row>(text: string, ...params: readonly unknown[]) => rawStatement<Row>(client, text, params),
    atomic: (statements: readonly Statement[]): Promise<unknown[]> => {
      const [first, ...rest] = statements;
      return first ? (batch([first, ...rest]) as Promise<unknown[]>) : Promise.resolve([]);
    },
  });
}

function rawStatement<Row>(client: D1Database, text: string, params: readonly unknown[]): RawStatement<Row> {
  const prepared = {
    getQuery: () => ({ sql: text, params: [...params] }),
    stmt: client.prepare(text),
    mapResult: (result: D1Result<Row>) => result.results,
  };
  // safe: these three members are all that drizzle's D1 batch reads of a prepared query.
  return { _prepare: () => prepared } as unknown as RawStatement<Row>;
}

interface MeteredStatement {
  readonly inner: D1PreparedStatement;
}

/** D1 with every statement's `meta` added up. `raw()`, which hides it, is answered from `all()`. */
function meteredD1(d1: D1Database, orgId: string | null, meter: Meter): D1Database {
  const count = (results: readonly D1Result[]): void => {
    meter.roundTrips += 1;
    for (const { meta } of results) {
      meter.rowsRead += meta.rows_read;
      meter.rowsWritten += meta.rows_written;
    }
  };
  const wrap = (inner: D1PreparedStatement): D1PreparedStatement & MeteredStatement => {
    const all = async <T>(): Promise<D1Result<T>> => {
      meter.statements += 1;
      const result = await inner.all<T>();
      count([result]);
      return result;
    };
    const statement = {
      inner,
      bind: (...params: unknown[]) => {
        if (orgId !== null && !params.includes(orgId)) throw new Error("A statement without its organization");
        return wrap(inner.bind(...params));
      },
      all,
      run: all,
      first: async () => (await all()).results[0] ?? null,
      raw: async () => (await all<Record<string, unknown>>()).results.map((row) => Object.values(row)),
    };
    // safe: drizzle calls only these members; `first(column)` and `raw({columnNames})` are not used here.
    return statement as unknown as D1PreparedStatement & MeteredStatement;
  };
  const client = {
    prepare: (text: string) => wrap(d1.prepare(text)),
    batch: async (statements: MeteredStatement[]) => {
      meter.statements += statements.length;
      const results = await d1.batch(statements.map(({ inner }) => inner));
      count(results);
      return results;
    },
  };
  // safe: drizzle's D1 session uses `prepare` and `batch` only.
  return client as unknown as D1Database;
}
