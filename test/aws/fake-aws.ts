import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { createAws, type Aws, type AwsOptions } from "#aws/client";
import { fixedCredentials, type AwsCredentials } from "#aws/credentials";
import type { AwsFault } from "#aws/fault";

export const keys: AwsCredentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
export const temporary: AwsCredentials = { ...keys, accessKeyId: "ASIAEXAMPLE", sessionToken: "token/with+signs==" };

export type Answer = (request: Request, at: number) => Response | Promise<Response>;

export interface FakeAws {
  readonly aws: Aws;
  readonly caller: ReturnType<Aws["caller"]>;
  readonly requests: Request[];
  readonly gaps: AwsFault[];
  readonly sleeps: number[];
}

/** A client whose requests are answered by `answer(request, number of the request from 0)`; it never really waits. */
export function fakeAws(answer: Answer, options: Partial<AwsOptions> = {}): FakeAws {
  const requests: Request[] = [];
  const gaps: AwsFault[] = [];
  const sleeps: number[] = [];
  const aws = createAws({
    fetcher: {
      async fetch(request) {
        requests.push(request.clone());
        return answer(request, requests.length - 1);
      },
    },
    credentials: fixedCredentials(keys),
    awsAccountId: "111122223333",
    region: "eu-west-1",
    sleep: async (ms) => void sleeps.push(ms),
    random: () => 0.5,
    ...options,
  });
  return { aws, caller: aws.caller({ onGap: (gap) => gaps.push(gap as AwsFault) }), requests, gaps, sleeps };
}

export const xml = (body: string, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { "content-type": "text/xml", ...headers } });

/** The body as text, whatever its content type: workerd warns of `text()` on forms. */
export const bodyOf = async (request: Request): Promise<string> =>
  new TextDecoder().decode(await request.clone().arrayBuffer());

export const ec2Error = (code: string, status: number, message = "", headers: Record<string, string> = {}): Response =>
  xml(
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`,
    status,
    headers,
  );

/** The signature AWS's own signer gives the same request, with the scope and the headers the request claims. */
export async function signatureByAws(request: Request, credentials: AwsCredentials): Promise<string | undefined> {
  const [, date, region, service, names] =
    /Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+)/.exec(
      request.headers.get("authorization") ?? "",
    ) ?? [];
  if (!date || !region || !service || !names) return undefined;
  const url = new URL(request.url);
  const stamp = request.headers.get("x-amz-date") ?? "";
  const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const signed = names.split(";");
  const header = (name: string) => (name === "host" ? url.host : (request.headers.get(name) ?? ""));
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: false,
  });
  const again = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(signed.map((name) => [name, header(name)])),
      body: await bodyOf(request),
    },
    { signingDate: new Date(iso), signableHeaders: new Set(signed) },
  );
  return again.headers["authorization"];
}
