import { Hono } from "hono";
import { Fault } from "#lib/fault";
import type { App, AppEnv } from "./context.ts";
import { documentEndpoints, mountPages } from "./docs.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { frame } from "./frame.ts";
import { mount } from "./mount.ts";
import { problem } from "./problem.ts";

/** The API: every declared endpoint, the documents about it, and an answer for everything else. */
export function createApp(endpoints: readonly AnyEndpoint[]): App {
  const app: App = new Hono<AppEnv>({ strict: false });
  app.use(frame);
  app.onError((error, c) => problem(c, error));
  app.notFound((c) => problem(c, new Fault("RESOURCE_NOT_FOUND", "There is nothing at this address. See /api/docs.")));
  mountPages(app);
  mount(app, withDocuments(endpoints));
  return app;
}

/** The declared endpoints and the ones that describe them: what OpenAPI lists. */
export function withDocuments(endpoints: readonly AnyEndpoint[]): readonly AnyEndpoint[] {
  const all: readonly AnyEndpoint[] = [...endpoints, ...documentEndpoints(() => all)];
  return all;
}
