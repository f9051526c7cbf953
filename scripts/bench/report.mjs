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
  const cells = [head, ...rows.map((row) => row.map(shown))];
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? "").length)));
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  const line = (row) => `| ${row.map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(" | ")} |`;
  const rule = widths.map((width, at) => (isNumber[at] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(cells[0]), line(rule), ...cells.slice(1).map(line)].join("\n");
}

/** What a group measured: tables, figures, and the promises it holds them against. */
export function newGroup(name, title) {
  const group = { name, title, tables: [], promises: [] };
  return {
    group,
    table(caption, head, rows) {
      group.tables.push({ caption, head, rows });
    },
    /** Holds a figure against the most it may be. */
    atMost(promise, measured, most) {
      group.promises.push({ promise, measured, bound: `≤ ${shown(most)}`, kept: measured <= most });
    },
    exactly(promise, measured, expected) {
      group.promises.push({ promise, measured, bound: `= ${shown(expected)}`, kept: measured === expected });
    },
  };
}

export function printGroup({ title, tables, promises }) {
  console.log(`\n## ${title}`);
  for (const { caption, head, rows } of tables) console.log(`\n${caption}\n\n${table(head, rows)}`);
  if (promises.length === 0) return;
  const rows = promises.map(({ promise, measured, bound, kept }) => [promise, measured, bound, kept ? "kept" : "**broken**"]);
  console.log(`\n${table(["Promise", "Measured", "Bound", ""], rows)}`);
}

export const machine = () => ({
  cores: cpus().length,
  model: cpus()[0]?.model ?? "",
  node: process.version,
  workerd: workerdVersion(),
});

export const broken = (groups) => groups.flatMap(({ promises }) => promises.filter(({ kept }) => !kept));
