import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/acm/certificates";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const now = new Date("2026-06-10T12:00:00Z");
const inDays = (days: number): number => now.getTime() / 1000 + days * 86_400;
const arn = (id: string): string => `arn:aws:acm:us-east-1:111122223333:certificate/${id}`;

const summary = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  CertificateArn: arn(id),
  DomainName: "www.example.com",
  SubjectAlternativeNameSummaries: ["www.example.com", "example.com"],
  HasAdditionalSubjectAlternativeNames: false,
  Status: "ISSUED",
  Type: "AMAZON_ISSUED",
  KeyAlgorithm: "RSA-2048",
  KeyUsages: ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"],
  ExtendedKeyUsages: ["TLS_WEB_SERVER_AUTHENTICATION"],
  InUse: true,
  RenewalEligibility: "ELIGIBLE",
  NotBefore: 1_735_689_600.0,
  NotAfter: inDays(200),
  CreatedAt: 1_735_689_600.123,
  IssuedAt: 1_735_689_700.5,
  ...more,
});
const list = (...summaries: readonly unknown[]): string => JSON.stringify({ CertificateSummaryList: summaries });
const tags = JSON.stringify({
  ResourceTagMappingList: [{ ResourceARN: arn("a"), Tags: [{ Key: "env", Value: "prod" }] }],
});
const detail = (more: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ Certificate: { CertificateArn: arn("a"), DomainName: "www.example.com", ...more } });

describe("acm.certificates", () => {
  it("reads a healthy certificate from the list alone", async ({ expect }) => {
    const notAfter = inDays(200);
    const aws = fakeAws({
      ListCertificates: () => list(summary("a", { NotAfter: notAfter })),
      GetResources: () => tags,
    });
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: arn("a"),
        arn: arn("a"),
        name: "www.example.com",
        state: "ISSUED",
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2025-01-01T00:00:00.123Z",
        expiresAt: new Date(notAfter * 1000).toISOString(),
        costMonthly: 0,
        attributes: {
          primaryDomain: "www.example.com",
          altNames: ["www.example.com", "example.com"],
          hasMoreAltNames: false,
          notBefore: "2025-01-01T00:00:00.000Z",
          notAfter: new Date(notAfter * 1000).toISOString(),
          issuer: "Amazon",
          algorithm: "RSA_2048",
          source: "acm",
          inUse: true,
          type: "AMAZON_ISSUED",
          status: "ISSUED",
          renewalEligibility: "ELIGIBLE",
        },
        observed: { upkeep: null },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListCertificates {"Includes":{"keyTypes":["RSA_1024","RSA_2048","RSA_3072","RSA_4096","EC_prime256v1","EC_secp384r1","EC_secp521r1"]},"MaxItems":1000}',
      `GetResources {"ResourceARNList":["${arn("a")}"]}`,
    ]);
  });

  it("yields page by page", async ({ expect }) => {
    const aws = fakeAws({
      ListCertificates: ({ NextToken }) =>
        NextToken === "t2"
          ? list(summary("c"))
          : JSON.stringify({ NextToken: "t2", CertificateSummaryList: [summary("a"), summary("b")] }),
    });
    expect((await collect(collector, aws, now)).map((page) => page.length)).toEqual([2, 1]);
  });

  it("describes what ends within 60 days, waits or has failed, and nothing else", async ({ expect }) => {
    const aws = fakeAws({
      ListCertificates: () =>
        list(
          summary("soon", { NotAfter: inDays(59) }),
          summary("ended", { NotAfter: inDays(-5), Status: "EXPIRED" }),
          summary("later", { NotAfter: inDays(61) }),
          summary("pending", { NotAfter: undefined, NotBefore: undefined, Status: "PENDING_VALIDATION" }),
          summary("failed", { NotAfter: undefined, Status: "FAILED" }),
          summary("late", { NotAfter: undefined, Status: "VALIDATION_TIMED_OUT" }),
          summary("revoked", { NotAfter: inDays(300), Status: "REVOKED" }),
        ),
      DescribeCertificate: () => detail({}),
    });
    await allOf(collector, aws, now);
    expect(aws.asked.filter((call) => call.startsWith("Describe"))).toEqual(
      ["soon", "ended", "pending", "failed", "late"].map((id) => `DescribeCertificate {"CertificateArn":"${arn(id)}"}`),
    );
  });

  it("reads how a renewal goes", async ({ expect }) => {
    const aws = fakeAws({
      ListCertificates: () => list(summary("a", { NotAfter: inDays(20) })),
      DescribeCertificate: () =>
        detail({
          Issuer: "Amazon",
          DomainValidationOptions: [
            { DomainName: "www.example.com", ValidationStatus: "SUCCESS", ValidationMethod: "DNS" },
          ],
          RenewalSummary: {
            RenewalStatus: "PENDING_VALIDATION",
            RenewalStatusReason: "CAA_ERROR",
            UpdatedAt: 1_780_000_000.0,
            DomainValidationOptions: [
              { DomainName: "www.example.com", ValidationStatus: "PENDING_VALIDATION", ValidationMethod: "DNS" },
              { DomainName: "example.com", ValidationStatus: "SUCCESS", ValidationMethod: "DNS" },
              { DomainName: "api.example.com", ValidationStatus: "FAILED", ValidationMethod: "DNS" },
            ],
          },
        }),
    });
    const [certificate] = await allOf(collector, aws, now);
    expect(certificate?.observed).toEqual({
      upkeep: {
        renewalStatus: "PENDING_VALIDATION",
        renewalReason: "CAA_ERROR",
        failureReason: null,
        pendingDomains: ["api.example.com", "www.example.com"],
      },
    });
  });

  it("reads why a certificate was never issued; it has no dates yet", async ({ expect }) => {
    const { NotAfter: _end, NotBefore: _start, ...undated } = summary("a");
    const aws = fakeAws({
      ListCertificates: () => list({ ...undated, Status: "FAILED", InUse: false, RenewalEligibility: "INELIGIBLE" }),
      DescribeCertificate: () => detail({ FailureReason: "NO_AVAILABLE_CONTACTS", DomainValidationOptions: [] }),
    });
    const [certificate] = await allOf(collector, aws, now);
    expect(certificate?.expiresAt).toBeNull();
    expect(certificate?.attributes).toMatchObject({ notAfter: null, notBefore: null, status: "FAILED", inUse: false });
    expect(certificate?.observed?.upkeep).toMatchObject({
      failureReason: "NO_AVAILABLE_CONTACTS",
      renewalStatus: null,
    });
  });

  it("names the issuer of an imported certificate once it is described, and dates it by its import", async ({
    expect,
  }) => {
    const imported = {
      Type: "IMPORTED",
      CreatedAt: undefined,
      ImportedAt: 1_735_689_600.0,
      KeyAlgorithm: "EC_prime256v1",
    };
    const aws = fakeAws({
      ListCertificates: () => list(summary("soon", { ...imported, NotAfter: inDays(10) }), summary("later", imported)),
      DescribeCertificate: () => detail({ Issuer: "Let's Encrypt" }),
    });
    const [soon, later] = await allOf(collector, aws, now);
    expect(soon?.attributes).toMatchObject({ issuer: "Let's Encrypt", algorithm: "EC_prime256v1" });
    expect(soon?.createdAt).toBe("2025-01-01T00:00:00.000Z");
    expect(later?.attributes.issuer).toBeNull();
  });

  it("keeps the certificate when its description is denied", async ({ expect }) => {
    const aws = fakeAws({
      ListCertificates: () =>
        list(summary("a", { NotAfter: inDays(10) }), summary("b", { NotAfter: inDays(10), Type: "IMPORTED" })),
    });
    const [amazon, imported] = await allOf(collector, aws, now);
    expect(amazon?.observed).toEqual({ upkeep: undefined });
    expect(amazon?.attributes.issuer).toBe("Amazon");
    expect(imported?.attributes.issuer).toBeUndefined();
    expect(aws.gaps).toEqual(["DescribeCertificate", "DescribeCertificate", "GetResources"]);
  });

  it("leaves out a certificate deleted since it was listed", async ({ expect }) => {
    const aws = fakeAws({
      ListCertificates: () => list(summary("a", { NotAfter: inDays(10) }), summary("b")),
      GetResources: () => tags,
      DescribeCertificate: () => ({
        status: 400,
        body: '{"__type":"ResourceNotFoundException","message":"Could not find certificate"}',
      }),
    });
    expect((await allOf(collector, aws, now)).map(({ nativeId }) => nativeId)).toEqual([arn("b")]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without certificates", async ({ expect }) => {
    const aws = fakeAws({ ListCertificates: () => list() });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.calls.map(({ action }) => action)).toEqual(["ListCertificates"]);
  });

  it("takes a summary with nothing but an ARN", async ({ expect }) => {
    const [bare] = await allOf(collector, fakeAws({ ListCertificates: () => list({ CertificateArn: arn("a") }) }), now);
    expect(bare).toMatchObject({
      name: null,
      state: null,
      tags: {},
      tagsUnread: true,
      attributes: { notAfter: null, inUse: null, algorithm: null },
    });
  });

  it("throws when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}), now)).rejects.toBeInstanceOf(AwsFault);
  });
});
