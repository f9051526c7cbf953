import type { Advice } from "./problems.ts";

/** What to do about each problem: the text of its page. `assets/advice.json` is written from it. */
export const advice: Advice = {
  INVALID_REQUEST:
    "Read `errors`: each entry names a part of the request, a JSON pointer or parameter, and what is wrong with it.",
  INVALID_CURSOR: "A cursor belongs to one list with its filters and order. Start again without `cursor`.",
  AMBIGUOUS_CREDENTIALS: "Send one credential: `Authorization: Bearer` or `X-API-Key`.",
  UNAUTHORIZED: "Send a valid API key as `Authorization: Bearer cg_live_…` or `X-API-Key`.",
  KEY_REVOKED: "Somebody revoked this key. Ask an admin of your organization for another one.",
  KEY_EXPIRED: "The key had an end and it has passed. Rotate keys before they expire.",
  FORBIDDEN: "Use a key of the role named in `requiredRole`.",
  MISSING_SCOPE: "Use a key that has the scope named in `requiredScope`.",
  RESOURCE_NOT_FOUND: "Check the address and the id. Things of other organizations are answered the same way.",
  METHOD_NOT_ALLOWED: "The `Allow` header lists the methods of this address.",
  NOT_ACCEPTABLE: "Accept `application/json`; lists also answer `text/csv`.",
  CONFLICT: "Read the thing again and decide anew: its present state does not allow this.",
  ROLE_UNGUARDED:
    "Let the role's trust policy demand the external id of the account (`sts:ExternalId`, `StringEquals`).",
  SCAN_RUNNING: "Wait for the scan that is named, or cancel it.",
  IDEMPOTENCY_IN_FLIGHT: "Send the same request with the same key again after `Retry-After`.",
  PRECONDITION_FAILED: "Read the thing again; `currentVersion` is the version to name in `If-Match`.",
  PAYLOAD_TOO_LARGE: "Send less at once.",
  UNSUPPORTED_MEDIA_TYPE: "Send JSON with `Content-Type: application/json`.",
  IDEMPOTENCY_KEY_REUSED: "Draw a new Idempotency-Key for every new request.",
  WEBHOOK_URL_BLOCKED: "Webhooks go to public https addresses by name.",
  RECHECK_TOO_LARGE: "Scan the service instead: POST /scans with its account, region and service.",
  INVALID_TRANSITION: "Read the thing again: from the state it is in there is no way to the one asked for.",
  CHANNEL_UNAVAILABLE: "Choose another kind of channel, or ask the operator to configure this one.",
  METHOD_UNAVAILABLE: "Choose another way to connect the account, or ask the operator to configure this one.",
  UPGRADE_REQUIRED: "Open this address with a WebSocket client.",
  RATE_LIMITED: "Wait for the seconds in `Retry-After`. `RateLimit` tells on every answer how much is left.",
  INTERNAL: "Try again. If it stays, tell the operator the `requestId`.",
  UNAVAILABLE: "Try again after `Retry-After`. Nothing was changed.",
};
