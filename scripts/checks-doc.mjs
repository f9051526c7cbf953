// Writes docs/checks.md from the checks' own files; with --check it only says whether that is fresh.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
const target = path.join(root, "docs/checks.md");

const load = async (pattern) =>
  Promise.all(
    globSync(pattern, { cwd: root })
      .toSorted()
      .map((file) => import(path.join(root, file))),
  );

const checks = (await load("src/checks/*/*.ts"))
  .flatMap(({ check, about }) => (check ? [{ ...about, ...check }] : []))
  .toSorted((a, b) => (a.id < b.id ? -1 : 1));
const frameworks = (await load("src/frameworks/*.ts")).flatMap(({ framework }) => (framework ? [framework] : []));

const servicesOf = ({ resources }) =>
  resources === "every" ? "every" : [...new Set(resources.map((id) => id.split(".")[0]))].toSorted().join(", ");

/** Framework → its controls that the check or one of its variants is evidence of. */
function controlsOf({ controls, variants = {} }) {
  const served = [controls, ...Object.values(variants)];
  return new Map(
    frameworks.flatMap(({ id }) => {
      const ids = new Set(served.flatMap((one) => one[id] ?? []));
      return ids.size > 0 ? [[id, ids]] : [];
    }),
  );
}

const countsOf = (check) => [...controlsOf(check)].map(([id, ids]) => `${id} ${ids.size}`).join(", ");
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const paramsOf = ({ params }) =>
  Object.entries(params)
    .map(([name, value]) => `\`${name}\`: \`${JSON.stringify(value)}\``)
    .join(", ");
const row = (cells) => `| ${cells.map(cell).join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)];

function coverageOf({ id, title, edition, controls, controlsTotal = Object.keys(controls).length }) {
  const served = new Set(checks.flatMap((check) => [...(controlsOf(check).get(id) ?? [])]));
  const serving = checks.filter((check) => controlsOf(check).has(id)).length;
  return [`\`${id}\``, `${title} ${edition}`, String(controlsTotal), String(served.size), String(serving)];
}

const heads = ["Check", "Title", "Severity", "Category", "Effort", "Drift", "Services", "Controls", "Parameters"];
const text = `${[
  "# Checks",
  "",
  "Written by `npm run checks-doc` from the checks' own files. `GET /checks` tells the same with rationale, remediation and all control",
  "ids, as an organization has them asked. Severity is the usual one: a verdict may say another. Drift: turning from pass to fail is told",
  "as `security.drift`.",
  "",
  `## All ${checks.length}`,
  "",
  ...table(
    heads,
    checks.map((check) => [
      `\`${check.id}\``,
      check.title,
      check.severity,
      check.category,
      check.effort,
      check.drift ? "yes" : "",
      servicesOf(check),
      countsOf(check),
      paramsOf(check),
    ]),
  ),
  "",
  "## Frameworks",
  "",
  "Controls that at least one check is evidence of. One check may be evidence of many controls, and few controls are proven by checks",
  "alone: this is automated evidence, not certification. Titles are our own.",
  "",
  ...table(["Framework", "Title", "Controls", "With evidence", "Checks"], frameworks.map(coverageOf)),
].join("\n")}\n`;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("docs/checks.md is stale: run `npm run checks-doc`.");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
