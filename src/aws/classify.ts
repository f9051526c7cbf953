export type AwsFaultKind = "denied" | "throttled" | "missing" | "broken" | "unavailable" | "expired" | "skewed";

/** Who said no: the caller's own policies, an organization policy, the resource's policy, or nobody knows the key. */
export type Denial = "permission" | "organization" | "resource" | "boundary" | "credentials";

export interface Classified {
  readonly kind: AwsFaultKind;
  /** Is it worth the same request again? */
  readonly retry: boolean;
  readonly denial?: Denial;
}

/** Source: AWS SDKs reference guide, "Retry behavior", throttling errors; they come with HTTP 400 as well as 429 and 503. */
const throttles = new Set([
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "TooManyRequestsException",
  "TooManyRequests",
  "RequestLimitExceeded",
  "BandwidthLimitExceeded",
  "SlowDown",
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "PriorRequestNotComplete",
  "EC2ThrottledException",
  "TransactionInProgressException",
]);

const denials = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
  "UnauthorizedAccess",
  "NotAuthorized",
  "AuthorizationError",
  "AllAccessDisabled",
  "AccountProblem",
  "InvalidIdentityToken",
  "IDPRejectedClaim",
]);

/** AWS does not know the key here. In a region that must be enabled first, that is what "not enabled" looks like. */
const strangers = new Set([
  "AuthFailure",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "InvalidAccessKeyId",
  "InvalidToken",
]);

const signatures = new Set([
  "SignatureDoesNotMatch",
  "InvalidSignatureException",
  "IncompleteSignature",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
]);

const closed = new Set([
  "OptInRequired",
  "SubscriptionRequiredException",
  "RegionDisabledException",
  "NotSignedUp",
  "InvalidAccessException",
]);
const expired = new Set(["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]);
const skewed = new Set(["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]);
const transient = new Set([
  "InternalError",
  "InternalFailure",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "RequestTimeout",
  "RequestTimeoutException",
  "IDPCommunicationError",
]);

/** Said with `InvalidIdentityToken` when AWS could not read the issuer's keys just then. Source: STS API 2011-06-15. */
const keysUnread = /retrieve verification key/i;

const lateSignature = /signature (?:expired|not yet current)/i;

/** Source: IAM user guide, "Troubleshoot access denied error messages". */
function denialOf(message: string): Denial {
  if (/service control policy|resource control policy/i.test(message)) return "organization";
  if (/resource-based policy|resource policy/i.test(message)) return "resource";
  if (/permissions boundary|session policy/i.test(message)) return "boundary";
  return "permission";
}

/**
 * What an error of AWS means for us. `optInRegion` says whether the region must be enabled by the account first: there an
 * unknown key means the region is not enabled, elsewhere it means the key is void. A 5xx or no answer (status 0) is
 * `broken` and worth a retry; `throttled` is throttling only.
 */
export function classify(status: number, code: string, message: string, optInRegion = false): Classified {
  if (throttles.has(code) || status === 429) return { kind: "throttled", retry: true };
  if (expired.has(code)) return { kind: "expired", retry: false };
  if (skewed.has(code) || (signatures.has(code) && lateSignature.test(message)))
    return { kind: "skewed", retry: false };
  if (closed.has(code)) return { kind: "unavailable", retry: false };
  if (code === "InvalidIdentityToken" && keysUnread.test(message)) return { kind: "broken", retry: true };
  if (strangers.has(code) && optInRegion) return { kind: "unavailable", retry: false };
  if (strangers.has(code) || signatures.has(code)) return { kind: "denied", retry: false, denial: "credentials" };
  if (denials.has(code)) return { kind: "denied", retry: false, denial: denialOf(message) };
  if (status === 0 || status >= 500 || transient.has(code)) return { kind: "broken", retry: true };
  if (status === 404 || /^NoSuch|NotFound/.test(code)) return { kind: "missing", retry: false };
  if (status === 401 || status === 403) return { kind: "denied", retry: false, denial: denialOf(message) };
  return { kind: "broken", retry: false };
}
