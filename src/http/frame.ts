import type { MiddlewareHandler } from "hono";
import { rateLimitHeaders } from "./admission.ts";
import { newCost, type AppEnv, type Ctx } from "./context.ts";
import { countAnswer } from "./metrics.ts";
import { requestIdOf } from "./request-id.ts";
import { allowedOrigin, setCorsHeaders, setSecurityHeaders } from "./security.ts";
import { serverTiming } from "./server-timing.ts";

/** What stands around every answer: request id, headers, one line of log. */
export const frame: MiddlewareHandler<AppEnv> = async function frame(c, next) {
  const startedAt = Date.now();
  c.set("requestId", requestIdOf(c.req.raw.headers));
  c.set("now", new Date(startedAt));
  c.set("cost", newCost());
  await next();
  const framed = finished(c, c.res);
  // Hono merges a response into the one before it, which loses a WebSocket; so there must be none before.
  c.res = undefined;
  c.res = framed;
  countAnswer(framed.status);
  log(c, framed.status, Date.now() - startedAt);
};

/** A copy, as answers of Durable Objects and assets have headers that cannot be changed. */
function finished(c: Ctx, answer: Response): Response {
  const headers = new Headers(answer.headers);
  headers.set("X-Request-ID", c.var.requestId);
  setSecurityHeaders(headers);
  setCorsHeaders(headers, allowedOrigin(c.req.header("origin"), c.env.CORS_ORIGINS));
  if (c.var.admission)
    for (const [name, value] of Object.entries(rateLimitHeaders(c.var.admission))) headers.set(name, value);
  if (c.var.credential?.role === "admin") headers.set("Server-Timing", serverTiming(c.var.cost));
  const { status, webSocket } = answer;
  return webSocket
    ? new Response(null, { status, headers, webSocket })
    : new Response(answer.body, { status, headers });
}

/** One JSON line for each request: never a token, never a query string. */
function log(c: Ctx, status: number, ms: number): void {
  const { requestId, credential, route, cost, cause } = c.var;
  const line = {
    level: status >= 500 ? "error" : "info",
    msg: "request",
    requestId,
    orgId: credential?.orgId ?? null,
    method: c.req.method,
    route: route ?? null,
    status,
    ms,
    ...cost.meter,
    ...(cause === undefined ? {} : { cause: causeText(cause) }),
  };
  console.log(JSON.stringify(line));
}

/**
 * Name, message and place of what went wrong. Drizzle's messages hold the statement and its parameters, which may be secret:
 * of those only the cause below is told.
 */
function causeText(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  const inner = cause.message.startsWith("Failed query") && cause.cause instanceof Error ? cause.cause : cause;
  const place =
    cause.stack
      ?.split("\n")
      .slice(1, 4)
      .map((line) => line.trim())
      .join(" ") ?? "";
  return `${inner.name}: ${inner.message.startsWith("Failed query") ? "query failed" : inner.message} ${place}`;
}
