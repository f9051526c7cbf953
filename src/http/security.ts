/** Headers of every answer; one that sets its own Content-Security-Policy keeps it. */
const always: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export const defaultPolicy = "default-src 'none'; frame-ancestors 'none'";

const exposed = [
  "ETag",
  "Link",
  "Location",
  "Retry-After",
  "RateLimit",
  "RateLimit-Policy",
  "X-Request-ID",
  "Idempotency-Replayed",
  "Content-Disposition",
  "Server-Timing",
].join(", ");

const requestHeaders = [
  "Authorization",
  "X-API-Key",
  "Accept",
  "Content-Type",
  "If-Match",
  "If-None-Match",
  "Idempotency-Key",
  "Last-Event-ID",
  "Prefer",
  "X-Request-ID",
].join(", ");

export function setSecurityHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(always)) headers.set(name, value);
  if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", defaultPolicy);
}

/** The origin of the request when browsers may call from there; compared whole, never by a part of it. */
export function allowedOrigin(origin: string | undefined, allowList: string): string | null {
  const allowed = allowList.split(",").map((entry) => entry.trim());
  return origin !== undefined && origin !== "" && allowed.includes(origin) ? origin : null;
}

export function setCorsHeaders(headers: Headers, origin: string | null): void {
  headers.append("Vary", "Origin");
  if (origin === null) return;
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Expose-Headers", exposed);
}

/** What a preflight (Fetch standard, CORS protocol) is answered beside `Allow`. */
export const preflightHeaders = (methods: string): Record<string, string> => ({
  "Access-Control-Allow-Methods": methods,
  "Access-Control-Allow-Headers": requestHeaders,
  "Access-Control-Max-Age": "7200",
});
