import { z } from "@hono/zod-openapi";
import { readAsset } from "#lib/asset";
import { Fault } from "#lib/fault";
import { apiBase, type App, type Ctx } from "./context.ts";
import { openEndpoint, text, type AnyEndpoint } from "./endpoint.ts";
import { otherMethod } from "./mount.ts";
import { problem } from "./problem.ts";
import { problemAdvice, problemCodes, problemEntry, problemPage } from "./problems.ts";

/** The reference UI draws its own styles into its shadow root; scripts come from here only. */
const docsPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const docsPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Cloudglass API</title><meta name="viewport" content="width=device-width">
<script type="module" src="/rapidoc-min.js"></script></head>
<body><rapi-doc spec-url="${apiBase}/openapi.json" load-fonts="false" render-style="read" schema-style="table" show-header="false"
 allow-spec-url-load="false" allow-spec-file-load="false" persist-auth="false"></rapi-doc></body></html>
`;

const ProblemEntry = z
  .object({ type: z.url(), code: z.string(), status: z.int(), title: z.string(), advice: z.string(), page: z.url() })
  .openapi("ProblemEntry");

/** The API's description of itself and the list of its problems, as operations of their own. */
export const documentEndpoints: readonly AnyEndpoint[] = [
  openEndpoint(
    {
      method: "get",
      path: `${apiBase}/openapi.json`,
      operationId: "getOpenApi",
      tag: "Operations",
      summary: "This document",
      reply: text("application/json", z.looseObject({ openapi: z.string() })),
      faults: [],
    },
    // Written from the declarations when the Worker is built.
    ({ env }) => readAsset(env.ASSETS, "openapi.json"),
  ),
  openEndpoint(
    {
      method: "get",
      path: `${apiBase}/problems`,
      operationId: "listProblems",
      tag: "Operations",
      summary: "Every problem the API can answer with",
      reply: text("application/json", z.object({ data: z.array(ProblemEntry) })),
      faults: [],
    },
    async ({ env, origin }) => {
      const advice = await problemAdvice(env);
      return JSON.stringify({ data: problemCodes.map((code) => problemEntry(code, origin, advice)) });
    },
  ),
];

/** Pages for people. */
export function mountPages(app: App): void {
  page(app, "/api/docs", () => html(docsPage, docsPolicy));
  page(app, "/problems/:slug", async (c) => {
    const found = await problemPage(c.req.param("slug") ?? "", c.env);
    return found === null
      ? problem(c, new Fault("RESOURCE_NOT_FOUND", "There is no such problem. See /api/v1/problems."))
      : html(found);
  });
  page(app, "/", (c) => c.redirect("/api/docs", 302));
}

function page(app: App, path: string, handler: (c: Ctx) => Response | Promise<Response>): void {
  app.get(path, handler);
  app.all(path, (c) => otherMethod(c, ["GET"]));
}

function html(body: string, policy?: string): Response {
  const headers = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "public, max-age=300" };
  return new Response(body, {
    headers: policy === undefined ? headers : { ...headers, "Content-Security-Policy": policy },
  });
}
