// Where libraries lead to what does not run here: [module, what stands there, what stands in its stead]. A part that is no longer found
// fails the build. test/node/bundle.test.mjs holds what they rest on.

import { leanCroner } from "./parts-croner.mjs";
import { leanDrizzle } from "./parts-drizzle.mjs";
import { leanZod } from "./parts-zod.mjs";

const zod = (file) => new RegExp(String.raw`zod[\\/]v4[\\/]${file}\.js$`);
const drizzle = (file) => new RegExp(String.raw`drizzle-orm[\\/]${file}\.js$`);
const dialect = drizzle(String.raw`sqlite-core[\\/]dialect`);
const select = drizzle(String.raw`sqlite-core[\\/]query-builders[\\/]select`);
const update = drizzle(String.raw`sqlite-core[\\/]query-builders[\\/]update`);
const database = drizzle(String.raw`sqlite-core[\\/]db`);

const cel = (file) => new RegExp(String.raw`cel-js[\\/]lib[\\/]${file}\.js$`);
const trie = (file) => hono(String.raw`router[\\/]trie-router[\\/]${file}`);
const hono = (file) => new RegExp(String.raw`hono[\\/]dist[\\/]${file}\.js$`);

/** Methods, and functions in fields, that nobody calls although the names are common ones. */
const uncalled = (module, names) =>
  names
    .split(" ")
    .map((name) => [
      module,
      new RegExp(
        String.raw`^(\t|  )(?:async |get )?${name.replace("$", "\\$")}(?:\(.*\) | = (?:async )?\(.*\) => )\{\n[^]*?^\1\};?\n`,
        "gm",
      ),
      "",
    ]);

export const parts = [
  ...leanCroner(uncalled),
  ...uncalled(hono("hono-base"), "route basePath mount request fire"),
  ...uncalled(hono("context"), "event render setRenderer html json text"),
  [hono("context"), /^\t(?:body|setLayout|getLayout) = .*;\n/gm, ""],
  [hono("request"), /^\t#cachedBody = [^]*?^\t\};\n/m, ""],
  // What there is not, and what goes wrong, are answered by src/http.
  [hono("hono-base"), /^const (notFoundHandler|errorHandler) = [^]*?^\};\n/gm, "const $1 = null;\n"],
  // A parameter is a whole part of an address.
  [trie("router"), "checkOptionalParameter(path) || [path]", "[path]"],
  [trie("node"), "splitRoutingPath(path)", "splitPath(path)"],
  [trie("node"), "matcher !== true", "false"],
  ...uncalled(hono("request"), "json text arrayBuffer bytes blob formData"),
  ...uncalled(database, "with selectDistinct run all get values transaction"),
  ...uncalled(drizzle(String.raw`d1[\\/]session`), "transaction"),
  [select, /= createSetOperator\(/g, "= /* @__PURE__ */ createSetOperator("],
  // AWS answers in one namespace, and whoever signs says for which service and where.
  [/saxen[\\/].*\.js$/, "var isNamespace = false;", "const isNamespace = false;"],
  [/saxen[\\/].*\.js$/, /^  this\['ns'\] = function[^]*?^  \};\n/m, ""],
  // Answers come whole, and who reads them does not ask where something stood.
  [/saxen[\\/].*\.js$/, "var proxy = options && options['proxy'];", "const proxy = void 0;"],
  [/saxen[\\/].*\.js$/, /^  this\['(?:write|end|stop)'\] = function[^]*?^  \};\n/gm, ""],
  [/saxen[\\/].*\.js$/, "function parse(xml, streaming = false) {", "function parse(xml) { const streaming = false;"],
  [/saxen[\\/].*\.js$/, /^    function getParseContext\(\) \{\n[^]*?^    \}\n/m, ""],
  [/saxen[\\/].*\.js$/, "getContext = getParseContext;", ""],
  // Expressions are checked and evaluated by src/rules.
  [cel("parser"), /^  (?:check|evaluate|#evaluate\w+|#computeIsAsync|get maybeAsync)\(.*\) \{\n[^]*?^  \}\n/gm, ""],
  [/aws4fetch[\\/]/, /(?:this\.)?signQuery(?= \?| &&|\))/g, "false"],
  [/aws4fetch[\\/]/, /this\.appendSessionToken(?! =)/g, "false"],
  [/aws4fetch[\\/]/, "allHeaders ||", ""],
  [/aws4fetch[\\/]/, "!singleEncode", "true"],
  [/aws4fetch[\\/]/, "[guessedService, guessedRegion] = guessServiceRegion(this.url, this.headers);", ""],

  // What is a member of a namespace that is handed around cannot be shaken off.
  [
    zod("classic[\\\\/]schemas"),
    'import { util } from "../core/index.js";',
    'import * as util from "../core/util.js";',
  ],
  [zod("classic[\\/]schemas"), /core\.util\./g, "util."],
  // JSON Schema has been written by then.
  [zod("classic[\\\\/]schemas"), /^ +inst\._zod\.processJSONSchema = .*;\n/gm, ""],
  [zod("classic[\\\\/]schemas"), /^ +\w+: \(inst\) => .*processors\.aggregateChecks\(inst\).*\n/gm, ""],
  // Workers may not make functions of texts, so zod never makes one here.
  [zod("classic[\\\\/]schemas"), "core.$ZodObjectJIT.init(", "core.$ZodObject.init("],
  // Only for schemas that hold themselves.
  [
    zod("classic[\\\\/]schemas"),
    /if \(!core\.globalConfig\.memoizer\)\s+core\.config\(\{ memoizer: core\.memoizer\(\) \}\);/,
    "",
  ],

  // All of drizzle is in the bundle once: of a class is what the language says is.
  [drizzle("entity"), /function is\(value, type\) \{[^]*?\n\}/, "const is = (value, type) => value instanceof type;"],
  [/drizzle-orm[\\/].*\.js$/, /^ +static \[entityKind\] = ".*";\n/gm, ""],
  // Neither joins nor set operations, common table expressions, relations or caches.
  [dialect, /this\.build(?:Joins|WithCTE)\(\w+\)/g, "void 0"],
  [dialect, /if \(setOperators\.length > 0\) \{[^]*?\n    \}/, ""],
  [select, /^  \w+ = this\.create(?:Join|SetOperator)\(.*\);\n/gm, ""],
  [update, /^  \w+ = this\.createJoin\(.*\);\n/gm, ""],
  [database, /^  \$with = [^]*?\n  \};\n/m, ""],
  [database, /^    if \(this\._\.schema\) \{[^]*?\n    \}\n/m, ""],
  [drizzle(String.raw`d1[\\/]driver`), /^  if \(config\.schema\) \{[^]*?\n  \}\n/m, ""],
  [drizzle(String.raw`d1[\\/]driver`), "new DefaultLogger()", "void 0"],
  [
    drizzle(String.raw`sqlite-core[\\/]session`),
    "if (this.cache === void 0 || is(this.cache, NoopCache) || this.queryMetadata === void 0)",
    "if (true)",
  ],
  // Keys and indexes stand in the migrations; tables here are lists of columns.
  [
    drizzle(String.raw`sqlite-core[\\/]table`),
    'typeof columns === "function" ? columns(getSQLiteColumnBuilders()) : columns',
    "columns",
  ],
  [
    drizzle(String.raw`sqlite-core[\\/]table`),
    "rawTable[InlineForeignKeys].push(...colBuilder.buildForeignKeys(column, rawTable));",
    "",
  ],
  [drizzle(String.raw`sqlite-core[\\/]columns[\\/]common`), /^    if \(!config\.uniqueName\) \{[^]*?\n    \}\n/m, ""],
  [drizzle(String.raw`sql[\\/]sql`), "if (isPgEnum(chunk))", "if (false)"],
  ...leanDrizzle,
  ...leanZod,
  // What libraries say to who calls them wrongly: the source would have heard it.
  [
    /(?:zod[\\/]v4[\\/](?:core|classic)|structured-headers|hono|drizzle-orm|uuid|aws4fetch)[\\/].*\.js$/,
    /(throw new \w+)\(\s*(?:"[^"]*"|`[^`]*`|'[^']*')\s*\)/g,
    "$1()",
  ],
  [/croner[\\/]dist[\\/]croner\.js$/, /(throw new \w+)\(\s*(?:"CronDate[^"]*"|`(?:CronDate|toTZ)[^`]*`)\s*\)/g, "$1()"],
];
