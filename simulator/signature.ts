import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { trouble } from "./answers.ts";
import { serviceOf, type Endpoint } from "./services.ts";
import type { TemporaryKeys } from "./sessions.ts";

/** The parts of an `Authorization` header. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
}

/** A request read whole. */
export interface ReadRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$/;
const skewMaxMs = 5 * 60_000;

/** Who signed, and for what. Throws the service's error when there is no signature. */
export function authorizationOf(request: ReadRequest, endpoint: Endpoint): Authorization {
  const header = request.headers.get("authorization");
  if (header === null) throw trouble(endpoint.service, "unsigned", "Request is missing Authentication Token");
  const [, accessKeyId, date, region, service, signed] = form.exec(header) ?? [];
  if (!accessKeyId || !date || !region || !service || !signed) {
    throw trouble(endpoint.service, "wrongSignature", "The Authorization header is not of the form AWS4-HMAC-SHA256");
  }
  return { accessKeyId, date, region, service, signedHeaders: signed.split(";") };
}

/** The time the request was signed at, within five minutes of the real clock. */
function signingDate(request: ReadRequest, { service }: Endpoint, date: string): Date {
  const stamp = request.headers.get("x-amz-date") ?? "";
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const at = new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  if (Number.isNaN(at.getTime()) || !stamp.startsWith(date)) {
    throw trouble(service, "wrongSignature", "Date in Credential scope does not match X-Amz-Date");
  }
  if (Math.abs(at.getTime() - Date.now()) > skewMaxMs) {
    throw trouble(service, "skewed", "The difference between the request time and the server's time is too large.");
  }
  return at;
}

/** The signature must be for the host it came to, and cover the host. */
function assertScope(authorization: Authorization, { service, region }: Endpoint): void {
  const fits = authorization.service === serviceOf(service).signingName && authorization.region === region;
  if (!fits) throw trouble(service, "wrongSignature", "Credential should be scoped to a valid region and service.");
  if (!authorization.signedHeaders.includes("host"))
    throw trouble(service, "wrongSignature", "'Host' must be a signed header.");
}

function queryOf(url: URL): Record<string, string | string[]> {
  const names = [...new Set(url.searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = url.searchParams.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

/** Every header the client says it signed; the host is the one the request came to. */
function signedHeadersOf(request: ReadRequest, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = name === "host" ? request.url.host : request.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

async function assertBody(request: ReadRequest, { service }: Endpoint): Promise<void> {
  const claimed = request.headers.get("x-amz-content-sha256");
  if (claimed === null || (claimed === "UNSIGNED-PAYLOAD" && serviceOf(service).signingName === "s3")) return;
  const hash = new Sha256();
  hash.update(request.body);
  const actual = [...(await hash.digest())].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (actual !== claimed)
    throw trouble(service, "wrongSignature", "The provided 'x-amz-content-sha256' header does not match.");
}

/** Signs the request again with AWS's own signer and compares. Throws the service's error when it is not the same. */
export async function verifySignature(
  request: ReadRequest,
  endpoint: Endpoint,
  keys: Omit<TemporaryKeys, "sessionToken"> & { readonly sessionToken?: string },
): Promise<void> {
  const authorization = authorizationOf(request, endpoint);
  const at = signingDate(request, endpoint, authorization.date);
  assertScope(authorization, endpoint);
  await assertBody(request, endpoint);
  const signer = new SignatureV4({
    credentials: keys,
    region: authorization.region,
    service: authorization.service,
    sha256: Sha256,
    uriEscapePath: authorization.service !== "s3",
    applyChecksum: false,
  });
  const { method, url, body } = request;
  const again = await signer.sign(
    {
      method,
      protocol: "https:",
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: signedHeadersOf(request, authorization.signedHeaders),
      body,
    },
    { signingDate: at, signableHeaders: new Set(authorization.signedHeaders) },
  );
  const plain = (header: string | null | undefined) => header?.replaceAll(/,\s*/g, ",");
  if (plain(again.headers["authorization"]) !== plain(request.headers.get("authorization"))) {
    throw trouble(
      endpoint.service,
      "wrongSignature",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
}
