import { Fault, faults, type FaultCode } from "#lib/fault";
import type { Ctx } from "./context.ts";

/** Name of a problem's page: `/problems/<slug>`. */
export const slugOf = (code: FaultCode): string => code.toLowerCase().replaceAll("_", "-");

const quotaExceeded = "https://iana.org/assignments/http-problem-types#quota-exceeded";

export const problemType = (origin: string, code: FaultCode): string =>
  code === "RATE_LIMITED" ? quotaExceeded : `${origin}/problems/${slugOf(code)}`;

/** What D1 and Durable Objects say when trying again may help. */
const passing =
  /overloaded|network connection lost|reset because|object to be reset|cannot resolve d1|transient|exceeded timeout/i;

/** Everything thrown becomes a fault; what is not one is a bug of ours, and its text goes to the log only. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const texts = [error, error instanceof Error ? error.cause : null].map((part) =>
    part instanceof Error ? part.message : "",
  );
  if (texts.some((text) => passing.test(text))) {
    return new Fault("UNAVAILABLE", "A part of the service did not answer in time. Try again.", {
      cause: error,
      members: { retryAfterSeconds: 1 },
    });
  }
  return new Fault("INTERNAL", "Something went wrong on our side. Tell us the requestId if it happens again.", {
    cause: error,
  });
}

/** RFC 9457 `application/problem+json`: the only form in which errors leave. */
export function problem(c: Ctx, error: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const fault = faultOf(error);
  if (fault.cause !== undefined) c.set("cause", fault.cause);
  const { status, title } = faults[fault.code];
  const { origin, pathname } = new URL(c.req.url);
  const { retryAfterSeconds, ...members } = fault.members;
  const retry = typeof retryAfterSeconds === "number" ? { retryAfter: retryAfterSeconds } : {};
  const body = {
    type: problemType(origin, fault.code),
    title,
    status,
    detail: fault.detail,
    instance: pathname,
    code: fault.code,
    requestId: c.var.requestId,
    ...(fault.errors.length > 0 ? { errors: fault.errors } : {}),
    ...members,
    ...retry,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...headers,
      ...headersOf(fault),
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
    },
  });
}

function headersOf(fault: Fault): Record<string, string> {
  const { retryAfterSeconds } = fault.members;
  return {
    ...(fault.status === 401 ? { "WWW-Authenticate": 'Bearer realm="cloudglass"' } : {}),
    ...(fault.status === 426 ? { Upgrade: "websocket", Connection: "Upgrade" } : {}),
    ...(typeof retryAfterSeconds === "number" ? { "Retry-After": String(Math.ceil(retryAfterSeconds)) } : {}),
  };
}
