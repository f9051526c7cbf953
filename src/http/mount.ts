import { Fault } from "#lib/fault";
import { apiBase, type App, type Ctx } from "./context.ts";
import { isOpen, type AnyEndpoint } from "./endpoint.ts";
import { answer, answerOpen } from "./pipeline.ts";
import { problem } from "./problem.ts";
import { preflightHeaders } from "./security.ts";

export const fullPath = (endpoint: AnyEndpoint): string => (isOpen(endpoint) ? endpoint.path : apiBase + endpoint.path);

const routePath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

/** Mounts every declaration, and at each of its addresses an answer for the methods it does not have. */
export function mount(app: App, endpoints: readonly AnyEndpoint[]): void {
  const paths = Map.groupBy(endpoints, fullPath);
  for (const path of [...paths.keys()].toSorted(fixedFirst)) {
    const group = paths.get(path) ?? [];
    for (const endpoint of group) {
      app.on(endpoint.method.toUpperCase(), routePath(path), (c) =>
        isOpen(endpoint) ? answerOpen(c, endpoint) : answer(c, endpoint),
      );
    }
    const methods = group.map(({ method }) => method.toUpperCase());
    app.all(routePath(path), (c) => otherMethod(c, methods));
  }
}

/** `/findings/stats` stands before `/findings/{id}`, which would take it too. */
function fixedFirst(a: string, b: string): number {
  const [left, right] = [a, b].map((path) =>
    path
      .split("/")
      .map((part) => (part.startsWith("{") ? `\uffff${part}` : part))
      .join("/"),
  );
  return (left ?? "") < (right ?? "") ? -1 : 1;
}

/** OPTIONS lists what there is (and answers preflights); everything else is 405. */
export function otherMethod(c: Ctx, methods: readonly string[]): Response {
  const allowed = [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].join(", ");
  if (c.req.method === "OPTIONS") {
    const isPreflight = c.req.header("access-control-request-method") !== undefined;
    return new Response(null, {
      status: 204,
      headers: { Allow: allowed, ...(isPreflight ? preflightHeaders(allowed) : {}) },
    });
  }
  return problem(c, new Fault("METHOD_NOT_ALLOWED", `This address answers ${allowed}.`), { Allow: allowed });
}
