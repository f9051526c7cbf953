/** Every error we tell a caller about: its HTTP status and its title. Status codes stand nowhere else. */
export const faults = {
  INVALID_REQUEST: { status: 400, title: "The request is not valid" },
  INVALID_CURSOR: { status: 400, title: "The cursor does not belong to this list" },
  AMBIGUOUS_CREDENTIALS: { status: 400, title: "Two different credentials were sent" },
  UNAUTHORIZED: { status: 401, title: "A valid credential is needed" },
  KEY_REVOKED: { status: 401, title: "This API key was revoked" },
  KEY_EXPIRED: { status: 401, title: "This API key has expired" },
  FORBIDDEN: { status: 403, title: "Your role does not allow this" },
  MISSING_SCOPE: { status: 403, title: "This API key lacks a scope" },
  RESOURCE_NOT_FOUND: { status: 404, title: "There is no such thing here" },
  METHOD_NOT_ALLOWED: { status: 405, title: "This address does not answer that method" },
  NOT_ACCEPTABLE: { status: 406, title: "None of the accepted formats can be given" },
  CONFLICT: { status: 409, title: "This does not fit the present state" },
  ROLE_UNGUARDED: { status: 409, title: "The role lets Cloudglass in without its external id" },
  SCAN_RUNNING: { status: 409, title: "A scan of this account is running" },
  IDEMPOTENCY_IN_FLIGHT: { status: 409, title: "The first request with this Idempotency-Key is still running" },
  PRECONDITION_FAILED: { status: 412, title: "It has changed since you read it" },
  PAYLOAD_TOO_LARGE: { status: 413, title: "The body is too large" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body must be application/json" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: "This Idempotency-Key was used for another request" },
  WEBHOOK_URL_BLOCKED: { status: 422, title: "This address cannot be used for a webhook" },
  RECHECK_TOO_LARGE: { status: 422, title: "Too much would have to be asked for this" },
  INVALID_TRANSITION: { status: 422, title: "This cannot follow on the present state" },
  CHANNEL_UNAVAILABLE: { status: 422, title: "This deployment cannot send this way" },
  METHOD_UNAVAILABLE: { status: 422, title: "This deployment cannot connect accounts this way" },
  UPGRADE_REQUIRED: { status: 426, title: "This address speaks WebSocket" },
  RATE_LIMITED: { status: 429, title: "Too many requests" },
  INTERNAL: { status: 500, title: "Something went wrong on our side" },
  UNAVAILABLE: { status: 503, title: "Cannot answer right now" },
} as const satisfies Record<string, { status: number; title: string }>;

export type FaultCode = keyof typeof faults;

/** One thing wrong with a request: where (`in`, JSON pointer or parameter) and what to do. */
export interface FaultDetail {
  readonly in: "body" | "query" | "path" | "header";
  readonly pointer: string;
  readonly message: string;
}

/**
 * An error meant for the caller. `detail` is public and says what to do; `cause` is logged only. Anything thrown that is
 * not a `Fault` is a bug and answers `INTERNAL`.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: string;
  readonly errors: readonly FaultDetail[];
  /** Extension members of the problem, e.g. `currentVersion`, `retryAfterSeconds`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: FaultCode,
    detail: string,
    more: { cause?: unknown; errors?: readonly FaultDetail[]; members?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(`${code}: ${detail}`, { cause: more.cause });
    this.name = "Fault";
    this.code = code;
    this.detail = detail;
    this.errors = more.errors ?? [];
    this.members = more.members ?? {};
  }

  get status(): number {
    return faults[this.code].status;
  }
}

/** The one answer for what does not exist and for what belongs to another organization. */
export const notFound = (what: string): Fault =>
  new Fault("RESOURCE_NOT_FOUND", `There is no ${what} with this id in your organization.`);

/** What somebody read is no longer at the version they named. */
export const staleVersion = (what: string, currentVersion: number): Fault =>
  new Fault("PRECONDITION_FAILED", `The ${what} is at version ${currentVersion}. Read it again and repeat.`, {
    members: { currentVersion },
  });

/** Fault: PRECONDITION_FAILED when If-Match names another version; null: it names none. */
export function refuseStale(what: string, currentVersion: number, ifMatch: number | null): void {
  if (ifMatch !== null && ifMatch !== currentVersion) throw staleVersion(what, currentVersion);
}
