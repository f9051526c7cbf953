// `node --test "test/node/*.test.mjs"`: the libraries as the Worker bundles them have all that the source asks of them.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as slim from "../../scripts/bundle/zod-exports.js";

const root = path.join(import.meta.dirname, "..", "..");
const source = globSync("src/**/*.ts", { cwd: root })
  // Only written into the description of the API, not run by the Worker.
  .filter((file) => !/[\\/](?:openapi(?:-\w+)?|patch-schema|event-shapes)\.ts$/.test(file))
  .map((file) => readFileSync(path.join(root, file), "utf8"))
  .join("\n");

/** Types are gone when it runs. */
const types = new Set(["core", "infer", "input", "output", "ZodRawShape"]);

test("every name of zod that is used is bundled, and no other", () => {
  const used = new Set(
    [...source.matchAll(/\bz\.(?:(iso|coerce)\.)?([a-zA-Z]\w*)/g)].map(([, group, name]) =>
      group ? `${group}.${name}` : name,
    ),
  );
  const asked = [...used].filter((name) => !types.has(name) && name !== "iso" && name !== "coerce");
  const bundled = Object.entries(slim).flatMap(([name, value]) =>
    name === "iso" || name === "coerce" ? Object.keys(value).map((member) => `${name}.${member}`) : [name],
  );
  assert.deepEqual(asked.toSorted(), bundled.toSorted());
});

test("nothing is asked of libraries that was cut from them", () => {
  const asked = {
    "schemas that hold themselves": /\bz\s*\.lazy\(|\bget \w+\(\) \{\s*return z\b/,
    joins: /\.(?:left|right|inner|full|cross)Join\(/,
    "set operations": /\.(?:union|intersect|except)(?:All)?\(org\./,
    "common table expressions": /\.\$with\(/,
    "statements outside of builders": /\bdb\.(?:run|all|get|values|with|selectDistinct|transaction)\(/,
    relations: /\brelations\(|\bdb\.query\b/,
    "options of drizzle": /\bdrizzle\(\w+,/,
    "pages and bodies of hono":
      /\bc\.(?:html|render|setRenderer|event|json|text|body|setLayout|getLayout)\b|\bc\.req\.(?:json|text|arrayBuffer|bytes|blob|formData)\b/,
    "apps within apps": /\bapp\.(?:route|basePath|mount|request|fire)\(/,
    namespaces: /\.ns\(/,
    "promises of schemas": /\b(?:safeP|p)arseAsync\(|\.(?:refine|superRefine|transform|pipe)\(\s*async\b/,
    "what schemas can do besides": /\bz\s*\.(?:encode|decode|partialRecord|looseRecord)\(|unionFallback|abortEarly/,
    "methods of schemas":
      /\bz\.\w+\([^()]*\)\s*\.(?:with|brand|describe|apply|merge|catchall|normalize|toUpperCase|multipleOf|step|unwrap|rest|url|datetime|date)\(/,
    "members of errors of zod": /\berror\.(?:format|flatten|addIssues?)\(/,
    "aliases and placeholders":
      /\baliasedTable\(|\balias\([a-z]\w*, |sql\.(?:placeholder|empty|fromList)\b|\.inlineParams\(/,
    "values that drizzle makes": /\.\$(?:defaultFn|default|onUpdateFn|onUpdate)\(|\bmode: "timestamp|generatedAlwaysAs/,
    "callbacks of statements": /\.(?:where|having|groupBy|orderBy)\(\(/,
    "rows of a statement inserted": /\.insert\(\w+\)\s*\.select\(/,
    "what columns know": /\b[cC]olumn\.(?:columnType|enumValues|hasDefault|primary|keyAsName|isUnique)\b/,
    "signed addresses": /\b(?:signQuery|allHeaders|singleEncode|appendSessionToken)\b/,
  };
  const found = Object.entries(asked).filter(([, pattern]) => pattern.test(source));
  assert.deepEqual(
    found.map(([what]) => what),
    [],
  );
});
