// Writes docs/openapi.json from the declarations; with --check it only says whether the committed document is stale.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withDocuments } from "../src/http/app.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { endpointLists } from "../src/modules/registry.ts";
import { eventShapes } from "../src/modules/webhooks/event-shapes.ts";

const target = path.join(import.meta.dirname, "..", "docs", "openapi.json");
const text = `${JSON.stringify(openApiDocument(withDocuments(endpointLists.flat()), eventShapes), null, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  console.error("docs/openapi.json is stale: run `npm run openapi`.");
  process.exit(1);
}
