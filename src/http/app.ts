import { HonoBase } from "hono/hono-base";
import { TrieRouter } from "hono/router/trie-router";
import { Fault } from "#lib/fault";
import { apiBase, type App, type AppEnv } from "./context.ts";
import { documentEndpoints, mountPages } from "./docs.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { frame } from "./frame.ts";
import { mount, otherMethod } from "./mount.ts";
import { problem } from "./problem.ts";
import { socketRoutes } from "./sockets.ts";

/** The API: every declared endpoint, the documents about it, and an answer for everything else. */
export function createApp(endpoints: readonly AnyEndpoint[]): App {
  const app: App = new HonoBase<AppEnv>({ strict: false, router: new TrieRouter() });
  app.use(frame);
  app.onError((error, c) => problem(c, error));
  app.notFound((c) => problem(c, new Fault("RESOURCE_NOT_FOUND", "There is nothing at this address. See /api/docs.")));
  mountPages(app);
  mountSockets(app);
  mount(app, withDocuments(endpoints));
  return app;
}

/** The declared endpoints and the ones that describe them: what OpenAPI lists. */
export const withDocuments = (endpoints: readonly AnyEndpoint[]): readonly AnyEndpoint[] => [
  ...endpoints,
  ...documentEndpoints,
];

function mountSockets(app: App): void {
  socketRoutes(app);
  for (const path of ["/ws", "/scans/:id/ws"]) app.all(apiBase + path, (c) => otherMethod(c, ["GET"]));
}
