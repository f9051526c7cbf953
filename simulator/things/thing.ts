import { escapeXml } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { windowOf, type Paging } from "../paging.ts";

/**
 * A service whose things are made up by their number, as many as the account is told to have (`things`): the forms of its
 * answers are those of AWS's service models.
 */
export interface ThingService {
  /** REST protocols: how an operation is told. `{Name}` parts of the path go into the input. */
  readonly routes?: readonly Route[];
  readonly operations: Readonly<Record<string, Operation>>;
  /** Kinds by the collector that finds them. */
  readonly kinds?: Readonly<Record<string, ThingKind>>;
  /** Resources Cloudglass counts although nobody made them: settings of a region or of the account. */
  readonly always?: { readonly regional?: number; readonly global?: number };
}

/** A query word the request must carry may follow the path: `/2013-04-01/tags?list`. */
export type Route = readonly [method: string, path: string, action: string];

export interface ThingKind {
  /** The tagging API tells its tags. */
  readonly isTagged?: true;
  /** There are so many in all, not in each region. */
  readonly isGlobal?: true;
  readonly arnOf: (call: Call, n: number) => string;
  /** The number of what an ARN names, where that is not what the ARN ends in. */
  readonly numberOf?: (call: Call, arn: string) => number;
}

/** How many of a kind there are in the region asked. */
export const countOf = ({ account }: Call, kind: string): number => account.settings.things[kind] ?? 0;

/** The numbers of one page of a kind, and the token of the next. */
export function pageOf(call: Call, kind: string, paging: Paging): { numbers: number[]; next: string | undefined } {
  const { from, to, next } = windowOf(call, countOf(call, kind), paging);
  return { numbers: Array.from({ length: to - from }, (_, at) => from + at), next };
}

/** The number at the end of a name: `fn-17` → 17. `undefined`: there is no such thing. */
export function numberIn(call: Call, kind: string, name: string): number | undefined {
  const n = Number(/(\d+)\D*$/.exec(name)?.[1] ?? Number.NaN);
  return Number.isInteger(n) && n < countOf(call, kind) ? n : undefined;
}

/** The number at the end of what a request names. Throws the service's own error when there is no such thing. */
export function numberOf(call: Call, kind: string, parameter: string, missing: Error): number {
  const n = numberIn(call, kind, text(call, parameter) ?? "");
  if (n !== undefined) return n;
  throw missing;
}

/** Any value as XML: members are elements, lists repeat their element, `null` and `undefined` are left out. */
export function xmlOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  // safe: what is given is text, numbers and flags.
  if (typeof value !== "object") return escapeXml(`${value as string | number | boolean}`);
  return Object.entries(value)
    .flatMap(([name, one]) => (Array.isArray(one) ? one : [one]).map((each: unknown) => [name, each] as const))
    .filter(([, one]) => one !== null && one !== undefined)
    .map(([name, one]) => `<${name}>${xmlOf(one)}</${name}>`)
    .join("");
}

/** The value of the tag `env`. */
export const environmentOf = (n: number): string => (n % 2 === 0 ? "production" : "staging");

/** Where things lie that lie in a VPC. */
export const vpc = {
  id: "vpc-0a1b2c3d4e5f60001",
  subnetIds: ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60001"],
} as const;

/** The certificate that all things of a region present. */
export const certificateArn = ({ account, region }: Call): string =>
  `arn:aws:acm:${region}:${account.id}:certificate/0e1f2a3b-0000-4000-8000-000000000001`;

/** All numbers of a kind, for lists that come in one answer. */
export const numbersOf = (call: Call, kind: string): number[] =>
  Array.from({ length: countOf(call, kind) }, (_, n) => n);

/** The number of the thing of another kind that a thing belongs to. */
export const ownerOf = (call: Call, kind: string, n: number): number => n % Math.max(1, countOf(call, kind));

export const arnIn = ({ account, region }: Call, service: string, rest: string): string =>
  `arn:aws:${service}:${region}:${account.id}:${rest}`;

/** An id of EC2: its number stands in the last nine of seventeen digits. */
export const ec2Id = (prefix: string, n: number): string => `${prefix}-0a1b2c3d${String(n).padStart(9, "0")}`;

/** How the database services page. */
export const byRecords: Paging = { token: "Marker", limit: "MaxRecords", byDefault: 100, min: 20, max: 100 };

/** Every second thing is in use; the rest is idle. */
export const isBusy = (n: number): boolean => n % 2 === 0;

/** The last of each so many: of 5 the numbers 4, 9, 14, so that the first things are in order. */
export const isNth = (n: number, nth: number): boolean => n % nth === nth - 1;

/** A policy document as text. */
export const policyOf = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement });

/** The number with so many digits, as it stands in ids. */
export const digits = (n: number, length: number): string => String(n).padStart(length, "0");

/** Every fifth thing lacks what guards it: encryption, rotation, logs. */
export const isBare = (n: number): boolean => isNth(n, 5);

/** Every seventh thing is open to everybody. */
export const isOpen = (n: number): boolean => isNth(n, 7);

/** The tags of a thing, as the tagging API gives them too. */
export const tagsOf = (n: number) => [{ Key: "env", Value: isBusy(n) ? "production" : "staging" }];

/** One statement that allows a resource's actions to everybody, or else to the account alone. */
export const sharing = ({ account }: Call, n: number, Action: string, Resource: string): object => ({
  Effect: "Allow",
  Principal: { AWS: isOpen(n) ? "*" : `arn:aws:iam::${account.id}:root` },
  Action,
  Resource,
});

/** Where things live that are shown in every region: us-east-1, or the first region of an account without it. */
export const homeOf = ({ account }: Call): string => {
  const { regions } = account.settings;
  return regions.includes("us-east-1") ? "us-east-1" : (regions[0] ?? "us-east-1");
};

/** A number as the last part of an id of so many characters. */
export const idOf = (start: string, n: number, length: number): string =>
  start + String(n).padStart(length - start.length, "0");

/** So many days before the account's epoch, ISO 8601. */
export const daysBefore = ({ account }: Call, days: number): string =>
  new Date(Date.parse(account.settings.epoch) - days * 86_400_000).toISOString();

/** The same in seconds since 1970, as JSON protocols write it. */
export const secondsBefore = (call: Call, days: number): number => Date.parse(daysBefore(call, days)) / 1000;
