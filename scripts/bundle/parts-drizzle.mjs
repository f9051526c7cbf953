// Parts of drizzle that no statement here asks for (parts.mjs): views, named placeholders, aliases, generated columns, names made from
// keys, parameters within the text, callbacks, tracing, logging, caching, and what a session does that is not D1's.

const drizzle = (file) => new RegExp(String.raw`drizzle-orm[\\/]${file}\.js$`);
const any = /drizzle-orm[\\/].*\.js$/;
const sql = drizzle(String.raw`sql[\\/]sql`);
const utils = drizzle("utils");
const dialect = drizzle(String.raw`sqlite-core[\\/]dialect`);
const builders = drizzle(String.raw`sqlite-core[\\/]query-builders[\\/](?:select|insert|update|delete)`);
const select = drizzle(String.raw`sqlite-core[\\/]query-builders[\\/]select`);
const session = drizzle(String.raw`sqlite-core[\\/]session`);
const d1 = drizzle(String.raw`d1[\\/]session`);
const column = drizzle("column");
const builder = drizzle("column-builder");
const database = drizzle(String.raw`sqlite-core[\\/]db`);
const insert = drizzle(String.raw`sqlite-core[\\/]query-builders[\\/]insert`);
const columns = drizzle(String.raw`sqlite-core[\\/]columns[\\/](?:integer|text|real)`);
const integer = drizzle(String.raw`sqlite-core[\\/]columns[\\/]integer`);

/** A method from its name to its end, indented by two. */
const method = (name) => new RegExp(String.raw`^  (?:async )?${name}\(.*\) \{\n[^]*?^  \}\n`, "m");

/** What a column is called that is named after its key: `lastUsedAt` is `last_used_at`. */
export const columnName = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const leanDrizzle = [
  [any, /\bis\([\w.]+, (?:View|SQLiteViewBase|Placeholder|FakePrimitiveParam)\)/g, "false"],
  [any, /this\.casing\.getColumnCasing\((\w+)\)/g, "$1.name"],
  [dialect, "this.casing = new CasingCache(config?.casing);", ""],
  [dialect, /^  migrate\(.*\) \{\n[^]*?^  \}\n/gm, ""],
  [dialect, /^  async migrate\(.*\) \{\n[^]*?^  \}\n/gm, ""],
  // D1 says itself when a column is not there.
  [dialect, /^    for \(const f of fieldsList\) \{\n[^]*?^    \}\n/m, ""],
  [dialect, "!joins || joins.length === 0", "true"],
  [dialect, 'field.columnType === "SQLiteNumericBigInt"', "false"],
  [dialect, /is\(table, Table\) && table\[Table\.Symbol\.IsAlias\]/, "false"],
  [dialect, "!col.shouldDisableInsert()", "true"],
  [dialect, "tableColumns[colName]?.onUpdateFn !== void 0", "false"],
  [dialect, "const onUpdateFnResult = col.onUpdateFn?.();", ""],
  [dialect, / \?\? \(is\(onUpdateFnResult, SQL\) \? onUpdateFnResult : sql\.param\(onUpdateFnResult, col\)\)/, ""],
  [dialect, "col.defaultFn !== void 0", "false"],
  [dialect, "!col.default && col.onUpdateFn !== void 0", "false"],

  [sql, 'return tracer.startActiveSpan("drizzle.buildSQL", (span) => {', "return (span => {"],
  [sql, /span\?\.setAttributes\(\{\n[^]*?\}\);\n/, ""],
  [sql, /return query;\n    \}\);/, "return query;\n    })();"],
  [sql, "casing.getColumnCasing(chunk)", "chunk.name"],
  [sql, '_config.invokeSource === "indexes"', "false"],
  [sql, /const schemaName = .*;/g, "const schemaName = void 0;"],
  [sql, /^ +inlineParams: .*\n/gm, ""],
  [sql, /^      inlineParams,\n/gm, ""],
  [sql, "if (inlineParams)", "if (false)"],
  [sql, "if (prepareTyping)", "if (false)"],
  [sql, 'let typings = ["none"];', ""],
  [sql, /, typings(?:: \["none"\])? \}/g, " }"],
  [sql, "if (query.typings?.length)", "if (false)"],
  [sql, "chunk.shouldOmitSQLParens?.()", "false"],
  [sql, "chunk._.isWith", "false"],
  [sql, "  shouldInlineParams = false;\n", ""],
  [sql, /^    for \(const chunk of queryChunks\) \{\n[^]*?^    \}\n/m, ""],
  [sql, "  usedTables = [];\n", ""],
  [sql, method("mapInlineParam"), ""],

  [utils, /^          if \(joinsNotNullableMap && [^]*?^          \}\n/m, ""],
  [utils, /^  if \(joinsNotNullableMap && [^]*?^  \}\n/m, ""],
  [utils, "const nullifyMap = {};", ""],
  [select, /^    this\.(?:tableName|joinsNotNullableMap) = .*;\n/gm, ""],
  [select, /^    for \(const item of extractUsedTable\(table\)\).*\n/m, ""],
  [select, "query.joinsNotNullableMap = this.joinsNotNullableMap;", ""],
  [select, /^  usedTables = .*\n/m, ""],
  [select, /^    const usedTables = \[\];\n[^]*?(?=^    return new Proxy)/m, ""],
  [select, /return new Proxy\(\n +new Subquery\((.*), false, \[.*\]\),\n[^]*?\n    \);/, "return new Subquery($1);"],
  [select, method("getSelectedFields"), ""],
  [select, "this.config.setOperators.length > 0", "false"],
  [builders, 'this.session[isOneTimeQuery ? "prepareOneTimeQuery" : "prepareQuery"](', "this.session.prepareQuery("],
  [builders, /typeof (?:where|having|columns\[0\]|selectQuery) === "function"/g, "false"],
  [builders, /,\n +\{\n +type: "\w+",\n +tables: .*\n +\}/g, ""],
  [builders, /^  (?:get|values) = \(placeholderValues\) => \{\n[^]*?^  \};\n/gm, ""],

  [session, /^  mapGetResult\(.*\) \{\n[^]*?^  \}\n/m, ""],
  [session, /^      case "get": \{\n.*\n +\}\n/m, ""],
  [d1, /^  mapGetResult\(.*\) \{\n[^]*?^  \}\n/m, ""],
  [d1, /^  async get\(.*\) \{\n[^]*?^  \}\n/m, ""],
  [dialect, /^      (?:casing: this\.casing|escapeString: this\.escapeString),\n/gm, ""],
  [dialect, /^  escapeString\(.*\) \{\n[^]*?^  \}\n/m, ""],
  [select, /^    if \(!this\.session\) \{\n[^]*?^    \}\n/m, ""],
  [insert, /^    if \(config\.where && \([^]*?^    \}\n/m, ""],
  [d1, "if (!fields && !customResultMapper) {", "if (!fields) {"],
  [d1, "if (!this.fields && !this.customResultMapper) {", "if (!this.fields) {"],
  [d1, /^    if \((?:this\.)?customResultMapper\) \{\n[^]*?^    \}\n/gm, ""],
  [session, 'this.mode === "async"', "true"],
  [session, /^    if \(this\.cacheConfig && [^]*?(?=^  \}\n)/m, ""],
  [session, /^    if \(cache && [^]*?(?=^  \}\n)/m, ""],
  [
    d1,
    /this\.logger = options\.logger \?\? new NoopLogger\(\);\n|this\.cache = options\.cache \?\? new NoopCache\(\);\n/g,
    "",
  ],
  [d1, /(?:this\.)?logger\.logQuery\(.*\);/g, ""],
  [
    sql,
    /^function fillPlaceholders\(params, values\) \{\n[^]*?^\}/m,
    "function fillPlaceholders(params) { return params; }",
  ],

  [
    column,
    /^    this\.(?:keyAsName|defaultFn|onUpdateFn|hasDefault|primary|isUnique|uniqueName|uniqueType|columnType|generated|generatedIdentity) = .*\n/gm,
    "",
  ],
  [
    column,
    /^  (?:keyAsName|defaultFn|onUpdateFn|hasDefault|primary|isUnique|uniqueName|uniqueType|columnType|enumValues|generated|generatedIdentity)(?: = .*)?;\n/gm,
    "",
  ],
  [builder, /^  \$(?:default|onUpdate) = .*;\n/gm, ""],
  [builder, /this\.config = \{\n[^]*?\n    \};/, "this.config = { name, dataType, notNull: false };"],
  [builder, "this.config.name = name;", `this.config.name = (${columnName})(name);`],
  [builder, /^  \$type\(\) \{\n[^]*?^  \}\n/m, ""],
  [columns, /super\(name, ("\w+"), "\w+"\);/g, "super(name, $1);"],
  [columns, /^    this\.config\.(?:autoIncrement|enumValues|length|mode) = .*\n/gm, ""],
  [columns, /^  (?:autoIncrement|enumValues|length|mode) = .*\n/gm, ""],
  [columns, /^  primaryKey\(config\) \{\n[^]*?^  \}\n/m, ""],
  [sql, "chunk.table[IsAlias] || schemaName === void 0", "true"],
  [sql, /^class View \{[^]*?^\}/m, "const View = null;"],
  [sql, /^  function (empty|fromList|placeholder2?)\(.*\) \{\n[^]*?^  \}\n  sql2\.\w+ = \w+;\n/gm, ""],
  [dialect, "is(field, SQL.Aliased) && field.isSelectionField", "false"],
  [dialect, "if (select) {", "if (false) {"],
  [insert, /^  select\(selectQuery\) \{\n[^]*?^  \}\n/m, ""],
  [utils, /^const textDecoder = .*;/m, "const textDecoder = null;"],
  [database, /^    this\._ = schema \? [^]*?^    \};\n/m, ""],
  [database, /^    this\.\$cache = [^]*?\} \};\n/m, ""],
  [session, /^class ExecuteResultSync [^]*?^\}/m, "const ExecuteResultSync = null;"],
  [session, /^  (?:async )?(?:run|all|get|values|count)\(.*\) \{\n[^]*?^  \}\n/gm, ""],
  [integer, /config\?\.mode === "timestamp" \|\| config\?\.mode === "timestamp_ms"/, "false"],
];
