import { AwsV4Signer } from "aws4fetch";
import type { Input, Operation } from "./caller.ts";
import type { AwsCredentials } from "./credentials.ts";
import { decodeAnswer, decodeError, type Reply } from "./decode.ts";
import { encode } from "./encode.ts";
import { AwsFault, faultOf, ownFault, type Subject } from "./fault.ts";
import { assertAwsUrl, hostOf, signingRegion } from "./regions.ts";
import { services } from "./services.ts";

/** Where requests go: the network, or what stands in for AWS in development. */
export interface Fetcher {
  fetch(request: Request): Promise<Response>;
}

export interface Attempt {
  readonly operation: Operation;
  readonly input: Input;
  readonly region: string;
  readonly awsAccountId: string;
  readonly credentials: AwsCredentials;
  /** Milliseconds AWS's clock is ahead of ours. */
  readonly skewMs: number;
}

/** One try: the decoded answer, or the fault and whether trying again may help. */
export type Outcome =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly fault: AwsFault; readonly retry: boolean; readonly serverDate: string | null };

const timeoutMs = 15_000;
const bodyBytesMax = 8_000_000;

export const subjectOf = (operation: Operation, region: string): Subject => ({
  service: operation.service,
  action: operation.action,
  iamAction: operation.iam ?? `${operation.service}:${operation.action}`,
  region,
});

/** Signs and sends one request, and reads its answer. Never retries, never throws. */
export async function attempt(fetcher: Fetcher, call: Attempt): Promise<Outcome> {
  const subject = subjectOf(call.operation, call.region);
  let request: Request;
  try {
    request = await signed(call);
  } catch (cause) {
    return { ok: false, fault: ownFault(subject, "unavailable", "NOT_SENT", cause), retry: false, serverDate: null };
  }
  let reply: Reply;
  try {
    const response = await fetcher.fetch(request);
    reply = { status: response.status, headers: response.headers, body: await readText(response) };
  } catch (cause) {
    return { ok: false, ...faultOf(subject, { status: 0, code: "NO_ANSWER", message: "", cause }), serverDate: null };
  }
  return read(call, subject, reply);
}

function read(call: Attempt, subject: Subject, reply: Reply): Outcome {
  const serverDate = reply.headers.get("date");
  if (reply.status < 200 || reply.status > 299) {
    return { ok: false, ...faultOf(subject, decodeError(reply)), serverDate };
  }
  try {
    return { ok: true, answer: decodeAnswer(call.operation, reply) };
  } catch (cause) {
    return { ok: false, fault: ownFault(subject, "broken", "UNREADABLE_ANSWER", cause), retry: false, serverDate };
  }
}

/** SigV4 by aws4fetch, service and region named, never guessed from the host. */
async function signed({ operation, input, region, awsAccountId, credentials, skewMs }: Attempt): Promise<Request> {
  const host = hostOf(operation.service, region, awsAccountId);
  const { method, url, headers, body } = encode(operation, input, host, awsAccountId);
  assertAwsUrl(url);
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken ? { sessionToken: credentials.sessionToken } : {}),
    service: services[operation.service].signingName,
    region: signingRegion(operation.service, region),
    datetime: amzDate(new Date(Date.now() + skewMs)),
  });
  const { url: target, ...init } = await signer.sign();
  assertAwsUrl(target);
  return new Request(target, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
}

/** `20261121T073000Z`. */
const amzDate = (date: Date): string => date.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");

async function readText(response: Response): Promise<string> {
  const length = Number(response.headers.get("content-length") ?? 0);
  const text = length > bodyBytesMax ? null : await response.text();
  if (text === null || text.length > bodyBytesMax) {
    await response.body?.cancel();
    throw new RangeError(`An answer of AWS is larger than ${bodyBytesMax} bytes`);
  }
  return text;
}
