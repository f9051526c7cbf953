import { z } from "zod";
import { listAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import type { CertificateFacts } from "#collectors/shapes";

export interface Certificate extends CertificateFacts {
  readonly source: "acm";
  /** The list shows the first 100 names only. */
  readonly hasMoreAltNames: boolean;
}

export interface CertificateUpkeep {
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

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
/** Seconds since 1970 with a fraction. */
const instant = z
  .number()
  .nullish()
  .transform((seconds) => (typeof seconds === "number" ? new Date(seconds * 1000).toISOString() : null));

const Summary = z.object({
  CertificateArn: z.string(),
  DomainName: text,
  SubjectAlternativeNameSummaries: z.array(z.string()).default([]),
  HasAdditionalSubjectAlternativeNames: z.boolean().default(false),
  Status: text,
  Type: text,
  // `RSA-2048` in some answers and `RSA_2048` in others.
  KeyAlgorithm: text.transform((name) => name?.replaceAll("-", "_") ?? null),
  InUse: z
    .boolean()
    .nullish()
    .transform((value) => value ?? null),
  RenewalEligibility: text,
  NotBefore: instant,
  NotAfter: instant,
  CreatedAt: instant,
  ImportedAt: instant,
});
type Summary = z.infer<typeof Summary>;

const Validations = z.array(z.object({ DomainName: z.string(), ValidationStatus: text })).default([]);
const Detail = z.object({
  Certificate: z.object({
    Issuer: text,
    FailureReason: text,
    DomainValidationOptions: Validations,
    RenewalSummary: z
      .object({ RenewalStatus: text, RenewalStatusReason: text, DomainValidationOptions: Validations })
      .optional(),
  }),
});
type Detail = z.infer<typeof Detail>["Certificate"];

/**
 * Source: ACM API 2015-12-08, ListCertificates (1,000 per page, every key type, else only RSA 1024 and 2048 are listed) and
 * DescribeCertificate for those that end within 60 days, wait for validation or have failed. Only then the issuer of a
 * certificate that Amazon did not issue is known.
 */
export const collector: Collector<Certificate, CertificateUpkeep> = {
  id: "acm.certificates",
  service: "acm",
  resourceType: "AWS::CertificateManager::Certificate",
  scope: "regional",
  actions: ["acm:ListCertificates", "acm:DescribeCertificate"],
  async *list({ aws }) {
    for await (const page of aws.pages(listCertificates, { Includes: { keyTypes } })) {
      const summaries = z.array(Summary).parse(listAt(page, "CertificateSummaryList"));
      yield await Promise.all(summaries.map(async (summary) => found(summary, await detailOf(aws, summary))));
    }
  },
};

async function detailOf(aws: AwsCaller, summary: Summary): Promise<Detail | null | undefined> {
  const endsSoon = summary.NotAfter !== null && Date.parse(summary.NotAfter) - Date.now() <= describedWithinMs;
  if (!endsSoon && !describedStates.has(summary.Status)) return null;
  const input = { CertificateArn: summary.CertificateArn };
  // Deleted since it was listed: nothing to say of it.
  const answer = await aws.attempt(describeCertificate, input, ["ResourceNotFoundException"]);
  return answer === null || answer === undefined ? answer : Detail.parse(answer).Certificate;
}

const found = (summary: Summary, detail: Detail | null | undefined): Found<Certificate, CertificateUpkeep> => ({
  nativeId: summary.CertificateArn,
  arn: summary.CertificateArn,
  name: summary.DomainName,
  state: summary.Status,
  tags: {},
  createdAt: summary.CreatedAt ?? summary.ImportedAt,
  expiresAt: summary.NotAfter,
  attributes: {
    primaryDomain: summary.DomainName,
    altNames: summary.SubjectAlternativeNameSummaries,
    hasMoreAltNames: summary.HasAdditionalSubjectAlternativeNames,
    notBefore: summary.NotBefore,
    notAfter: summary.NotAfter,
    issuer: summary.Type === "AMAZON_ISSUED" ? "Amazon" : detail && detail.Issuer,
    algorithm: summary.KeyAlgorithm,
    source: "acm",
    inUse: summary.InUse,
    type: summary.Type,
    status: summary.Status,
    renewalEligibility: summary.RenewalEligibility,
  },
  observed: { upkeep: detail && upkeepOf(detail) },
});

function upkeepOf(detail: Detail): Upkeep {
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
