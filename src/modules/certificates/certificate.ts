import { z } from "zod";
import type { Resource } from "#modules/resources";

/** By where a certificate is kept. */
export const certificateTypes = {
  acm: "AWS::CertificateManager::Certificate",
  iam: "AWS::IAM::ServerCertificate",
} as const;
export const sources = ["acm", "iam"] as const;
export type Source = (typeof sources)[number];

export const isCertificate = (resourceType: string): boolean =>
  Object.values<string>(certificateTypes).includes(resourceType);

const word = z.string().nullish().catch(null);

/** The attributes both collectors tell; what could not be read is null. */
export const CertificateAttributes = z.object({
  primaryDomain: word,
  altNames: z.array(z.string()).catch([]),
  notBefore: word,
  notAfter: word,
  issuer: word,
  algorithm: word,
  inUse: z.boolean().nullish().catch(null),
  status: word,
});

const dayMs = 86_400_000;

/** Whole days left; negative once it has ended. */
export const daysUntil = (moment: string, now: Date): number =>
  Math.floor((Date.parse(moment) - now.getTime()) / dayMs);

export const sourceOf = ({ row }: Resource): Source => (row.resourceType === certificateTypes.iam ? "iam" : "acm");
