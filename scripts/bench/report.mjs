// One table per group, for people; all of it in one JSON, for machines.
import { cpus } from "node:os";
import { workerdVersion } from "./runtime.mjs";

const digits = (value) => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
const shown = (value) => {
  if (typeof value !== "number") return String(value ?? "");
  return Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(digits(value));
};

/** A table in Markdown, which reads well in a terminal too. */
export function table(head, rows) {
  const cells = [head, ...rows.map((row) => head.map((_, column) => shown(row[column])))];
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  const line = (row) =>
    `| ${row.map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(" | ")} |`;
  const rule = widths.map((width, at) => (isNumber[at] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(cells[0]), line(rule), ...cells.slice(1).map(line)].join("\n");
}

/**
 * What a group measured: tables, and promises with what was held against each. `which` says where a promise was looked at, so
 * that a promise is one line however often that was.
 */
export function newGroup(name, title) {
  const group = { name, title, tables: [], promises: [] };
  const hold = (promise, held) => {
    const known = group.promises.find((one) => one.promise === promise);
    if (known) known.held.push(held);
    else group.promises.push({ promise, held: [held] });
  };
  return {
    group,
    table(caption, head, rows) {
      group.tables.push({ caption, head, rows });
    },
    /** Holds a figure against the most it may be. */
    atMost(promise, measured, most, which = "") {
      hold(promise, { which, measured, bound: `≤ ${shown(most)}`, margin: most - measured, kept: measured <= most });
    },
    exactly(promise, measured, expected, which = "") {
      hold(promise, {
        which,
        measured,
        bound: shown(expected),
        margin: measured === expected ? 0 : -1,
        kept: measured === expected,
      });
    },
  };
}

const promiseRow = ({ promise, held }) => {
  const [worst] = held.toSorted((one, other) => one.margin - other.margin);
  return [promise, held.length, shown(worst.measured), worst.bound, worst.which, worst.kept ? "kept" : "**broken**"];
};

export function printGroup({ title, tables, promises }) {
  console.log(`\n## ${title}`);
  for (const { caption, head, rows } of tables) console.log(`\n${caption}\n\n${table(head, rows)}`);
  if (promises.length === 0) return;
  console.log(`\n${table(["Promise", "Checks", "Nearest to it", "Bound", "Where", ""], promises.map(promiseRow))}`);
}

export const machine = () => ({
  cores: cpus().length,
  model: cpus()[0]?.model ?? "",
  node: process.version,
  workerd: workerdVersion(),
});

export const broken = (groups) =>
  groups.flatMap(({ promises }) =>
    promises.flatMap(({ promise, held }) => held.filter(({ kept }) => !kept).map((one) => ({ promise, ...one }))),
  );
