import { AwsV4Signer } from "aws4fetch";
import type { Input, Operation } from "./caller.ts";
import type { AwsCredentials } from "./credentials.ts";
import { decodeAnswer, decodeError, type Reply } from "./decode.ts";
import { encode, type WireRequest } from "./encode.ts";
import { type AwsFault, faultOf, ownFault, type Subject } from "./fault.ts";
import { assertAwsUrl, hostOf, signingRegion } from "./regions.ts";
import { serviceOf } from "./services.ts";

/** Where requests go: the network, or what stands in for AWS in development. */
export interface Fetcher {
  fetch(request: Request): Promise<Response>;
}

export interface Attempt {
  readonly operation: Operation;
  readonly input: Input;
  readonly region: string;
  readonly awsAccountId: string;
  /** Null for operations that are not signed. */
  readonly credentials: AwsCredentials | null;
  readonly signedAt: Date;
}

/** One try: the decoded answer, or the fault and whether trying again may help. */
export type Outcome =
  | { readonly ok: true; readonly answer: unknown }
  | (Failure & { readonly ok: false; readonly signedAt: Date });

interface Failure {
  readonly fault: AwsFault;
  readonly retry: boolean;
  /** The `Date` header: AWS's clock. */
  readonly serverDate: string | null;
}

const timeoutMs = 15_000;
const bodyBytesMax = 8 * 1024 * 1024;

export const subjectOf = (operation: Operation, region: string): Subject => ({
  service: operation.service,
  action: operation.action,
  iamAction: operation.iam ?? `${serviceOf(operation.service).iamPrefix}:${operation.action}`,
  region,
});

/** Signs and sends one request, and reads its answer. Never retries, never throws. */
export async function attempt(fetcher: Fetcher, call: Attempt): Promise<Outcome> {
  const subject = subjectOf(call.operation, call.region);
  const failed = (failure: Failure): Outcome => ({ ok: false, signedAt: call.signedAt, ...failure });
  const abort = new AbortController();
  let request: Request;
  try {
    request = await requestOf(call, abort.signal);
  } catch (cause) {
    return failed({ fault: ownFault(subject, "unavailable", "NOT_SENT", cause), retry: false, serverDate: null });
  }
  // Not AbortSignal.timeout: its timer stays when the answer is there, and a Worker may have 10,000 of them.
  const timer = setTimeout(() => abort.abort(new Error(`No answer in ${timeoutMs} ms`)), timeoutMs);
  try {
    const response = await fetcher.fetch(request);
    const answer = read(call, subject, response, await readText(response));
    return "fault" in answer ? failed(answer) : { ok: true, ...answer };
  } catch (cause) {
    return failed({ ...faultOf(subject, { status: 0, code: "NO_ANSWER", message: "", cause }), serverDate: null });
  } finally {
    clearTimeout(timer);
  }
}

function read(
  call: Attempt,
  subject: Subject,
  { status, headers }: Response,
  body: string | null,
): Failure | { readonly answer: unknown } {
  const serverDate = headers.get("date");
  if (body === null) return { fault: ownFault(subject, "broken", "ANSWER_TOO_LARGE"), retry: false, serverDate };
  const reply: Reply = { status, headers, body };
  if (status < 200 || status > 299) return { ...faultOf(subject, decodeError(reply)), serverDate };
  try {
    return { answer: decodeAnswer(call.operation, reply) };
  } catch {
    // What the decoder says of an answer may quote it, and an answer may hold credentials: it is not kept as the cause.
    return { fault: ownFault(subject, "broken", "UNREADABLE_ANSWER"), retry: false, serverDate };
  }
}

async function requestOf(call: Attempt, signal: AbortSignal): Promise<Request> {
  const { operation, input, region, awsAccountId, credentials } = call;
  const wire = encode(operation, input, hostOf(operation.service, region, awsAccountId), awsAccountId);
  assertAwsUrl(wire.url);
  if (credentials) return signed(call, wire, credentials, signal);
  const { method, url, headers, body = null } = wire;
  return new Request(url, { method, headers, body, redirect: "manual", signal });
}

/** SigV4 by aws4fetch, service and region named, never guessed from the host. */
async function signed(
  { operation, region, signedAt }: Attempt,
  { method, url, headers, body }: WireRequest,
  credentials: AwsCredentials,
  signal: AbortSignal,
): Promise<Request> {
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken ? { sessionToken: credentials.sessionToken } : {}),
    service: serviceOf(operation.service).signingName,
    region: signingRegion(operation.service, region),
    datetime: amzDate(signedAt),
  });
  const { url: target, ...init } = await signer.sign();
  assertAwsUrl(target);
  return new Request(target, { ...init, redirect: "manual", signal });
}

/** `20261121T073000Z`. */
const amzDate = (date: Date): string => date.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");

/** The body as text; `null` when it is larger than we read. It is cancelled then, so that the connection is free again. */
async function readText({ headers, body }: Response): Promise<string | null> {
  if (!body) return "";
  if (Number(headers.get("content-length") ?? 0) > bodyBytesMax) {
    await body.cancel();
    return null;
  }
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
