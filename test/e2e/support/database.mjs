// The local database as a file, while no runtime has it open.
import { globSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A process that was killed may hold it for another moment. */
function withDatabase(state, work) {
  const file = globSync("**/d1/**/*.sqlite", { cwd: state }).find((name) => !name.endsWith("metadata.sqlite"));
  const database = new DatabaseSync(path.join(state, file), { timeout: 10_000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/**
 * Lets so many minutes pass for deliveries that were under way when the process died: whether their lease has ended is asked of
 * the clock by whoever takes them, and the clock cannot be set.
 */
export function passMinutes(state, minutes) {
  const columns = [
    ["deliveries", "lease_until"],
    ["deliveries", "next_attempt_at"],
    ["webhooks", "busy_until"],
  ];
  return withDatabase(state, (database) => {
    for (const [table, column] of columns) {
      const earlier = `strftime('%Y-%m-%dT%H:%M:%fZ', ${column}, '-${minutes} minutes')`;
      database.exec(`UPDATE ${table} SET ${column} = ${earlier} WHERE ${column} IS NOT NULL`);
    }
  });
}

/** Rows of a statement without parameters. */
export const rowsOf = (state, statement) => withDatabase(state, (database) => database.prepare(statement).all());
