import type { FoundBy } from "#collectors/registry";

type Certificate = FoundBy<"acm.certificates">;
type Upkeep = NonNullable<Certificate["observed"]>["upkeep"];

/** A certificate in use, issued by Amazon and not renewed by itself, that ends on 1 July 2026; but for what is given. */
export const exampleCertificate = (
  attributes: Partial<Certificate["attributes"]> = {},
  observed: { readonly upkeep: Upkeep } = { upkeep: null },
): Certificate => ({
  nativeId: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
  arn: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
  name: "www.example.com",
  state: "ISSUED",
  tags: {},
  createdAt: "2025-06-01T00:00:00.000Z",
  expiresAt: "2026-07-01T00:00:00.000Z",
  attributes: {
    primaryDomain: "www.example.com",
    altNames: ["www.example.com"],
    hasMoreAltNames: false,
    notBefore: "2025-06-01T00:00:00.000Z",
    notAfter: "2026-07-01T00:00:00.000Z",
    issuer: "Amazon",
    algorithm: "RSA_2048",
    source: "acm",
    inUse: true,
    type: "AMAZON_ISSUED",
    status: "ISSUED",
    renewalEligibility: "INELIGIBLE",
    ...attributes,
  },
  observed,
});
