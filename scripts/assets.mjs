// Writes what the Worker serves or looks up as static files, and so need not carry in its bundle: the reference UI's script,
// pages, what to do about problems, what stands about checks, the controls of frameworks, samples of events, the columns of lists, and the description of the API.
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { advice } from "../src/http/advice.ts";
import { withDocuments } from "../src/http/app.ts";
import { membersOf } from "../src/http/validate.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { endpointLists } from "../src/modules/registry.ts";
import { eventSamples } from "../src/modules/webhooks/event-samples.ts";
import { eventShapes } from "../src/modules/webhooks/event-shapes.ts";

const root = path.join(import.meta.dirname, "..");
const assets = path.join(root, "assets");

mkdirSync(assets, { recursive: true });
copyFileSync(path.join(root, "node_modules/rapidoc/dist/rapidoc-min.js"), path.join(assets, "rapidoc-min.js"));
// Pages that need nothing of the Worker, with the headers (`_headers`) of all that is served beside it.
for (const file of readdirSync(path.join(root, "pages")))
  copyFileSync(path.join(root, "pages", file), path.join(assets, file));

write("advice.json", advice);
write("checks.json", await aboutChecks());
write("frameworks.json", await controlTitles());
write("events.json", eventSamples);
write("columns.json", listColumns());
write("openapi.json", openApiDocument(withDocuments(endpointLists.flat()), eventShapes));

/** Check → what stands about it. */
async function aboutChecks() {
  const modules = await modulesIn("src/checks/*/*.ts");
  return Object.fromEntries(modules.flatMap(({ check, about }) => (check ? [[check.id, about]] : [])));
}

/** Framework → control → our title. */
async function controlTitles() {
  const modules = await modulesIn("src/frameworks/*.ts");
  return Object.fromEntries(
    modules.flatMap(({ framework }) => (framework ? [[framework.id, framework.controls]] : [])),
  );
}

/** Path of a list → the members of its rows, in order. */
function listColumns() {
  const lists = endpointLists.flat().filter(({ reply }) => reply.kind === "list");
  return Object.fromEntries(lists.map(({ path: list, reply }) => [list, Object.keys(membersOf(reply.schema))]));
}

function modulesIn(pattern) {
  const files = globSync(pattern, { cwd: root }).toSorted();
  return Promise.all(files.map((file) => import(path.join(root, file))));
}

function write(name, value) {
  const target = path.join(assets, name);
  const text = JSON.stringify(value);
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
}
