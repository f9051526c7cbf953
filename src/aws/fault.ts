import { classify, type AwsFaultKind, type Classified, type Denial } from "./classify.ts";
import { isOptIn } from "./regions.ts";
import type { ServiceName } from "./services.ts";

export type { AwsFaultKind } from "./classify.ts";

/** The call a fault is about. */
export interface Subject {
  readonly service: ServiceName;
  readonly action: string;
  /** The permission it needs: `ec2:DescribeVolumes`. */
  readonly iamAction: string;
  readonly region: string;
}

interface Facts extends Subject {
  readonly kind: AwsFaultKind;
  readonly code: string;
  readonly status: number;
  readonly remedy: string;
}

/**
 * A call to AWS that did not give an answer. `code` and `status` are AWS's (status 0: there was no answer), `remedy` is one
 * sentence on what the person can do. AWS's own message is not kept: some of them repeat the session token.
 */
export class AwsFault extends Error {
  readonly kind: AwsFaultKind;
  readonly code: string;
  readonly service: ServiceName;
  readonly action: string;
  readonly iamAction: string;
  readonly region: string;
  readonly status: number;
  readonly remedy: string;

  constructor(facts: Facts, options?: ErrorOptions) {
    super(`${facts.service}:${facts.action} in ${facts.region}: ${facts.code}`, options);
    this.name = "AwsFault";
    this.kind = facts.kind;
    this.code = facts.code;
    this.service = facts.service;
    this.action = facts.action;
    this.iamAction = facts.iamAction;
    this.region = facts.region;
    this.status = facts.status;
    this.remedy = facts.remedy;
  }

  /** The same with another sentence on what the person can do. */
  withRemedy(remedy: string): AwsFault {
    const { kind, code, service, action, iamAction, region, status, cause } = this;
    const facts = { kind, code, service, action, iamAction, region, status, remedy };
    return new AwsFault(facts, cause === undefined ? undefined : { cause });
  }
}

const denialRemedies: Readonly<Record<Denial, (subject: Subject) => string>> = {
  permission: ({ iamAction }) => `Allow ${iamAction} in the policy of the role Cloudglass uses.`,
  organization: ({ iamAction }) =>
    `A policy of your AWS organization (service or resource control policy) denies ${iamAction}: ask its administrator for an exception for the role Cloudglass uses.`,
  resource: ({ iamAction }) =>
    `The policy of the resource itself denies ${iamAction}: allow it there for the role Cloudglass uses.`,
  boundary: ({ iamAction }) => `The role's permissions boundary or session policy denies ${iamAction}: allow it there.`,
  credentials: () => "AWS does not accept the credentials of this account: connect it again.",
};

const remedies: Readonly<Record<Exclude<AwsFaultKind, "denied">, (subject: Subject) => string>> = {
  throttled: ({ service }) => `AWS limits the rate of ${service} calls in this account: scan again later.`,
  missing: ({ service }) => `The ${service} resource was gone when it was asked for: scan again.`,
  broken: ({ service }) => `AWS did not give a usable answer for ${service}: scan again later.`,
  unavailable: ({ region }) =>
    `Enable the region ${region} and the service in this AWS account, or leave it out of scans.`,
  expired: () => "The temporary credentials ended and could not be renewed: check the role and scan again.",
  skewed: () => "AWS refused the time of the request: check the clock of this deployment and scan again.",
};

const assumeRoleRemedy =
  "Let the role's trust policy name Cloudglass as principal and hold the external id shown for this account.";

function remedyOf(subject: Subject, { kind, denial }: Classified): string {
  if (kind !== "denied") return remedies[kind](subject);
  if (subject.action === "AssumeRole" && denial !== "credentials") return assumeRoleRemedy;
  return denialRemedies[denial ?? "permission"](subject);
}

/** The fault for an error answer, and whether the same request may work when it is sent again. */
export function faultOf(
  subject: Subject,
  answer: { readonly status: number; readonly code: string; readonly message: string; readonly cause?: unknown },
): { readonly fault: AwsFault; readonly retry: boolean } {
  const classified = classify(answer.status, answer.code, answer.message, isOptIn(subject.region));
  const facts = { ...subject, kind: classified.kind, code: answer.code, status: answer.status };
  const options = answer.cause === undefined ? undefined : { cause: answer.cause };
  return { fault: new AwsFault({ ...facts, remedy: remedyOf(subject, classified) }, options), retry: classified.retry };
}

/** A fault of our own making: an answer that cannot be used, or a request that must not be sent. */
export function ownFault(subject: Subject, kind: "broken" | "unavailable", code: string, cause?: unknown): AwsFault {
  const facts = { ...subject, kind, code, status: 0, remedy: remedies[kind](subject) };
  return new AwsFault(facts, cause === undefined ? undefined : { cause });
}
