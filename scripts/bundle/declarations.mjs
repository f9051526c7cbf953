// Declarations of the API and of tables say more than what runs: descriptions, examples, bodies of answers, faults, indexes. It is
// all written elsewhere by then (assets/openapi.json, migrations/), so the bundle goes without it.
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { columnName } from "./parts-drizzle.mjs";

/** A comment that the compiler keeps, inside an expression. */
const comments = /^ *(?:\/\/.*|\/\*\*[^]*?\*\/)\n/gm;

/** Where a call's arguments begin and end, from behind its opening parenthesis. Strings and templates are stepped over. */
function argumentsOf(text, from) {
  const found = [];
  let depth = 0;
  let quote = null;
  let start = from;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (quote !== null) {
      if (character === "\\") at += 1;
      else if (character === quote) quote = null;
    } else if ("\"'`".includes(character)) quote = character;
    else if ("([{".includes(character)) depth += 1;
    else if (depth > 0 && ")]}".includes(character)) depth -= 1;
    else if (depth === 0 && (character === "," || character === ")")) {
      found.push([start, at]);
      start = at + 1;
      if (character === ")") return found;
    }
  }
  throw new Error(`A call does not end: ${text.slice(from, from + 80)}`);
}

/** The text with every call that `opening` finds changed: `change(arguments)` answers what stands between the parentheses. */
function withCalls(text, opening, change) {
  const parts = [];
  let at = 0;
  for (const { 0: call, index } of text.matchAll(opening)) {
    if (index < at) continue;
    const from = index + call.length;
    const places = argumentsOf(text, from);
    const changed = change(places.map(([start, end]) => text.slice(start, end)));
    if (changed !== null) parts.push(text.slice(at, from), changed);
    else parts.push(text.slice(at, index));
    at = places.at(-1)[1] + (changed === null ? 1 : 0);
  }
  return [...parts, text.slice(at)].join("");
}

const quoted = String.raw`(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|${"`(?:[^`\\\\]|\\\\.)*`"})`;
/** Members of an endpoint's declaration that only OpenAPI reads. */
const described = new RegExp(
  String.raw`(?<=[{,]\s*)(?:(?:summary|description|operationId|tag): ${quoted}(?: \+ ${quoted})*|tag|operationId|faults: \[[^\]]*\]|schemas: \w+)(?:,|(?=\s*\}))(?=\s)`,
  "g",
);

/** `const name = call(…)…;` at the top of a module, and an object or a list that holds calls. */
const constant = /^((?:export )?const \w+ = )((?:(?:new )?[\w.]+\(|\{|\[).*(?:\n[ )}\]].*)*);$/gm;

/** How a clause of SQL is set on a line of its own. */
const clause =
  /\n +(?=(?:SELECT|FROM|WHERE|AND|OR|NOT|ORDER|GROUP|SET|VALUES|ON|DO|RETURNING|LIMIT|UNION|INSERT|UPDATE|DELETE|JOIN|LEFT|WHEN|THEN|ELSE|END|CASE|EXISTS|WITH|HAVING|CROSS)\b)/g;

/** And what else begins a line of it: a column that is set, a value, a subquery. (Lines of code that look like it mean the same on one.) */
const clausePart = /\n {3,}(?=[a-z_]+(?:\.[a-z_]+)?(?: [=-]|,| AS )|coalesce\(|\(?\(SELECT|'|\|\||\$\{)/g;

/** A literal of the source that holds SQL; what is quoted in it, for SQL, stays as it is. */
const literal = /`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g;
const isSql = /\?1\b|\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CROSS JOIN|WHERE|AND|EXISTS)\b/;
const quotedSql = /('(?:[^']|'')*')/;
const operator = / *(<>|<=|>=|\|\||->>?|[=<>,()]) */g;

/** SQL needs no spaces around operators. */
const withoutSpaces = (text) =>
  text.replaceAll(literal, (found) =>
    isSql.test(found)
      ? found
          .split(quotedSql)
          .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(operator, "$1")))
          .join("")
      : found,
  );

/** A module as it is bundled. What nobody uses of the top of a module is dropped, since making it has no effect. */
function withoutDescriptions(file) {
  const typed = readFileSync(file, "utf8");
  const plain = transformSync(typed, { loader: "ts", target: "esnext" }).code.replaceAll(comments, "");
  const bare = withCalls(plain, /\.openapi\(/g, () => null);
  const lean = plain.includes("http/endpoint") || plain.includes('"./endpoint.ts"') ? withoutAnswers(bare, file) : bare;
  return withoutSpaces(withoutConstraints(lean).replaceAll(clause, " ").replaceAll(clausePart, " "))
    .replaceAll(constant, (_, name, value) => `${name}/* @__PURE__ */ (() => (${value}))();`)
    .replaceAll(/^import \{ z \} from "(?:zod|@hono\/zod-openapi)";$/gm, 'import * as z from "zod";');
}

/** Tables as lists of columns, which are named after their keys where nothing else is said (`named by keys` in parts-drizzle.mjs). */
const withoutConstraints = (text) =>
  text.includes("sqliteTable(")
    ? withCalls(text, /\bsqliteTable\(/g, ([name, columns]) => `${name},${columns}`)
        .replaceAll(".$type()", "")
        .replaceAll(/(\w+): (text|integer|real)\("(\w+)"(?:, )?/g, (whole, key, kind, name) =>
          columnName(key) === name ? `${key}: ${kind}(` : whole,
        )
    : text;

const withoutAnswers = (text, file) =>
  withCalls(
    withCalls(text, /(?<![.\w])(?:one|list)\(/g, ([_, ...others]) => ["0", ...others].join(",")),
    /(?<![.\w])text\(/g,
    ([mediaType]) => mediaType,
  )
    .replaceAll(described, "")
    .replaceAll(file.endsWith("endpoints.ts") ? /(?<=[{,]\s*)description: \w+,\s/g : /(?!)/g, "");

export const declarations = {
  name: "without descriptions",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path: file }) => ({
      contents: withoutDescriptions(file),
      loader: "js",
    }));
  },
};
