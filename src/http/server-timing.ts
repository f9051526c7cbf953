import type { Cost } from "./context.ts";

/** What a request cost, for its `Server-Timing` header: shown to admins only. */
export const serverTiming = ({ meter, kvReads, gateCalls }: Cost): string =>
  [
    `db;desc="rows_read=${meter.rowsRead} rows_written=${meter.rowsWritten} round_trips=${meter.roundTrips}"`,
    `kv;desc="reads=${kvReads}"`,
    `gate;desc="calls=${gateCalls}"`,
  ].join(", ");
