import { z } from "zod";
import { listAt } from "#aws/answer";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { flag, instant, list, text, texts } from "#collectors/json";
import { oneByOne } from "#collectors/read";
import type { CertificateFacts } from "#collectors/shapes";
import { tagActions, taggedAs } from "#collectors/tags";

export interface Certificate extends CertificateFacts {
  readonly source: "acm";
  /** The list shows the first 100 names only. */
  readonly hasMoreAltNames: boolean;
}

export interface CertificateObserved {
  /** null: neither near its end nor waiting for validation, so not asked for; `undefined`: could not be read. */
  readonly upkeep: Upkeep | null | undefined;
}

/** How issuing and renewing go; ACM moves it along by itself. */
export interface Upkeep {
  /** null: ACM has not begun to renew it. */
  readonly renewalStatus: string | null;
  readonly renewalReason: string | null;
  readonly failureReason: string | null;
  /** Domains whose owner has yet to be shown. */
  readonly pendingDomains: readonly string[];
}

const keyTypes = [
  "RSA_1024",
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "EC_prime256v1",
  "EC_secp384r1",
  "EC_secp521r1",
] as const;
const listCertificates: Operation = {
  service: "acm",
  action: "ListCertificates",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxItems", 1000] },
};
const describeCertificate: Operation = { service: "acm", action: "DescribeCertificate" };

const describedWithinMs = 60 * 86_400_000;
const describedStates: ReadonlySet<string | null> = new Set(["PENDING_VALIDATION", "FAILED", "VALIDATION_TIMED_OUT"]);

const ListedCertificate = z.object({
  CertificateArn: z.string(),
  DomainName: text,
  SubjectAlternativeNameSummaries: texts,
  HasAdditionalSubjectAlternativeNames: flag.transform((value) => value ?? false),
  Status: text,
  Type: text,
  // `RSA-2048` in some answers and `RSA_2048` in others.
  KeyAlgorithm: text.transform((name) => name?.replaceAll("-", "_") ?? null),
  InUse: flag,
  RenewalEligibility: text,
  NotBefore: instant,
  NotAfter: instant,
  CreatedAt: instant,
  ImportedAt: instant,
});
type ListedCertificate = z.infer<typeof ListedCertificate>;

const Validations = list(z.object({ DomainName: z.string(), ValidationStatus: text }));
const Answer = z.object({
  Certificate: z.object({
    Issuer: text,
    FailureReason: text,
    DomainValidationOptions: Validations,
    RenewalSummary: z
      .object({ RenewalStatus: text, RenewalStatusReason: text, DomainValidationOptions: Validations })
      .nullish(),
  }),
});
type DescribedCertificate = z.infer<typeof Answer>["Certificate"];

/**
 * Source: ACM API 2015-12-08, ListCertificates (1,000 per page, every key type, else only RSA 1024 and 2048 are listed) and
 * DescribeCertificate for those that end within 60 days, wait for validation or have failed. Only then the issuer of a
 * certificate that Amazon did not issue is known.
 */
export const collector: Collector<Certificate, CertificateObserved, ListedCertificate> = {
  id: "acm.certificates",
  service: "acm",
  resourceType: "AWS::CertificateManager::Certificate",
  scope: "regional",
  actions: ["acm:DescribeCertificate", "acm:ListCertificates", ...tagActions],
  async *list({ aws }) {
    for await (const page of aws.walk(listCertificates, { Includes: { keyTypes } })) {
      yield z.array(ListedCertificate).parse(listAt(page, "CertificateSummaryList"));
    }
  },
  describe: oneByOne(found),
};

function isDescribed({ NotAfter, Status }: ListedCertificate, now: Date): boolean {
  const endsSoon = NotAfter !== null && Date.parse(NotAfter) - now.getTime() <= describedWithinMs;
  return endsSoon || describedStates.has(Status);
}

/** null: it is gone since it was listed. */
async function found(
  { aws, now }: CollectContext,
  listed: ListedCertificate,
): Promise<Found<Certificate, CertificateObserved> | null> {
  if (!isDescribed(listed, now)) return certificateOf(listed, null);
  const input = { CertificateArn: listed.CertificateArn };
  const answer = await aws.attempt(describeCertificate, input, ["ResourceNotFoundException"]);
  return answer === null ? null : certificateOf(listed, Answer.safeParse(answer).data?.Certificate);
}

/** `detail` is null when it was not asked for, `undefined` when it could not be read. */
const certificateOf = (
  listed: ListedCertificate,
  detail: DescribedCertificate | null | undefined,
): Found<Certificate, CertificateObserved> => ({
  nativeId: listed.CertificateArn,
  arn: listed.CertificateArn,
  name: listed.DomainName,
  state: listed.Status,
  ...taggedAs(listed.CertificateArn),
  createdAt: listed.CreatedAt ?? listed.ImportedAt,
  expiresAt: listed.NotAfter,
  // A private certificate is charged with its authority.
  costMonthly: 0,
  attributes: {
    primaryDomain: listed.DomainName,
    altNames: listed.SubjectAlternativeNameSummaries,
    hasMoreAltNames: listed.HasAdditionalSubjectAlternativeNames,
    notBefore: listed.NotBefore,
    notAfter: listed.NotAfter,
    issuer: listed.Type === "AMAZON_ISSUED" ? "Amazon" : detail && detail.Issuer,
    algorithm: listed.KeyAlgorithm,
    source: "acm",
    inUse: listed.InUse,
    type: listed.Type,
    status: listed.Status,
    renewalEligibility: listed.RenewalEligibility,
  },
  observed: { upkeep: detail && upkeepOf(detail) },
});

function upkeepOf(detail: DescribedCertificate): Upkeep {
  const validations = detail.RenewalSummary?.DomainValidationOptions ?? detail.DomainValidationOptions;
  return {
    renewalStatus: detail.RenewalSummary?.RenewalStatus ?? null,
    renewalReason: detail.RenewalSummary?.RenewalStatusReason ?? null,
    failureReason: detail.FailureReason,
    pendingDomains: validations
      .filter((validation) => validation.ValidationStatus !== null && validation.ValidationStatus !== "SUCCESS")
      .map((validation) => validation.DomainName)
      .toSorted(),
  };
}
