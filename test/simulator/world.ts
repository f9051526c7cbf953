import type { AwsFault } from "#aws/fault";
import { AwsV4Signer } from "aws4fetch";
import { createAws } from "#aws/client";
import { fixedCredentials, type AwsCredentials } from "#aws/credentials";
import { collectors, type CollectorId } from "#collectors/registry";
import type { Collector, Found } from "#collectors/collector";
import { DEMO_ACCESS_KEY_ID, DEMO_ACCOUNT_ID, DEMO_SECRET_ACCESS_KEY } from "../../simulator/demo.ts";
import { pagesBy } from "../support/fake-aws.ts";
import { createSimulator, type Simulator } from "../../simulator/simulator.ts";

export const demoKeys: AwsCredentials = { accessKeyId: DEMO_ACCESS_KEY_ID, secretAccessKey: DEMO_SECRET_ACCESS_KEY };

export interface Reply {
  readonly status: number;
  readonly body: string;
}

const reply = async (response: Response): Promise<Reply> => ({ status: response.status, body: await response.text() });

export interface Asked {
  readonly service: string;
  readonly region?: string;
  /** When it is not `<service>.<region>.amazonaws.com/`. */
  readonly url?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly keys?: AwsCredentials;
  readonly signed?: { readonly service?: string; readonly region?: string; readonly datetime?: string };
}

/** A request signed by aws4fetch. */
export async function requestOf({
  service,
  region = "eu-west-1",
  url,
  form,
  keys = demoKeys,
  signed,
}: Asked): Promise<Request> {
  const body = form && new URLSearchParams(form).toString();
  const { sessionToken, accessKeyId, secretAccessKey } = keys;
  const signer = new AwsV4Signer({
    url: url ?? `https://${service}.${region}.amazonaws.com/`,
    method: body === undefined ? "GET" : "POST",
    service,
    region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(body !== undefined && {
      body,
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    }),
    ...signed,
  });
  const { url: target, method, headers } = await signer.sign();
  return new Request(target, { method, headers, ...(body !== undefined && { body }) });
}

export interface World {
  readonly simulator: Simulator;
  ask(asked: Asked): Promise<Reply>;
  /** Changes the settings of an account and answers how they stand. */
  arrange(
    settings: Readonly<Record<string, unknown>>,
    awsAccountId?: string,
  ): Promise<{ total: number; regions: string[] }>;
  control(method: string, path: string): Promise<Response>;
}

/** A simulator of its own. */
export function world(): World {
  const simulator = createSimulator();
  const control = (method: string, path: string, body?: string) =>
    simulator.fetch(new Request(`https://simulator.internal${path}`, { method, ...(body !== undefined && { body }) }));
  return {
    simulator,
    control: (method, path) => control(method, path),
    ask: async (asked) => reply(await simulator.fetch(await requestOf(asked))),
    async arrange(settings, awsAccountId = DEMO_ACCOUNT_ID) {
      const response = await control("PUT", `/accounts/${awsAccountId}`, JSON.stringify(settings));
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    },
  };
}

export interface Everything {
  readonly found: ReadonlyMap<string, readonly Found<object, object>[]>;
  readonly gaps: readonly string[];
}

interface Asking {
  readonly keys?: AwsCredentials;
  readonly awsAccountId?: string;
}

/** What one of our own collectors finds in a region, through the real client; gaps are added to `gaps`. */
export async function foundBy(
  { simulator }: World,
  id: CollectorId,
  region: string,
  gaps: string[] = [],
  { keys = demoKeys, awsAccountId = DEMO_ACCOUNT_ID }: Asking = {},
): Promise<readonly Found<object, object>[]> {
  const aws = createAws({ fetcher: simulator, credentials: fixedCredentials(keys), awsAccountId, region });
  const place = { partition: "aws", awsAccountId, region };
  const collector = collectors[id] as unknown as Collector;
  const caller = aws.caller({ onGap: (gap) => gaps.push((gap as AwsFault).code) });
  return (await pagesBy(collector, { aws: caller, place, now: new Date() })).flat();
}

/** What our own collectors find in an account: `<collector> <region>` → resources. */
export async function everything(
  one: World,
  regions: readonly string[],
  keys: AwsCredentials = demoKeys,
  awsAccountId: string = DEMO_ACCOUNT_ID,
): Promise<Everything> {
  const gaps: string[] = [];
  const found = new Map<string, readonly Found<object, object>[]>();
  for (const id of Object.keys(collectors) as CollectorId[]) {
    for (const region of collectors[id].scope === "global" ? ["us-east-1"] : regions) {
      found.set(`${id} ${region}`, await foundBy(one, id, region, gaps, { keys, awsAccountId }));
    }
  }
  return { found, gaps };
}

/** `<collector> <region> <native id>` → the resource as text, without what moves by itself. */
export const asTexts = ({ found }: Everything): ReadonlyMap<string, string> =>
  new Map(
    [...found].flatMap(([place, all]) =>
      all.map((one): [string, string] => [`${place} ${one.nativeId}`, JSON.stringify({ ...one, observed: null })]),
    ),
  );
