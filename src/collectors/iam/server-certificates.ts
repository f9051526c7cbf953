import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import type { CertificateFacts } from "#collectors/shapes";
import { tagActions, taggedAs } from "#collectors/tags";
import { instant, wholeListOf } from "#collectors/xml";
import { byMarker } from "./shapes.ts";

/** A certificate uploaded to IAM. Its list tells neither domain, issuer nor key, so those are null. */
export interface ServerCertificate extends CertificateFacts {
  readonly source: "iam";
  readonly certificateId: string;
  readonly path: string;
}

const listServerCertificates: Operation = {
  service: "iam",
  action: "ListServerCertificates",
  paging: byMarker,
};

const ListedCertificate = z.object({
  ServerCertificateName: z.string(),
  ServerCertificateId: z.string(),
  Path: z.string(),
  Arn: z.string(),
  UploadDate: instant,
  Expiration: instant,
});

const Page = z.object({ ServerCertificateMetadataList: wholeListOf("member", ListedCertificate) });

/** Source: IAM API 2010-05-08, ListServerCertificates, 1,000 per page; the tags come from the tagging API. */
export const collector: Collector<ServerCertificate> = {
  id: "iam.serverCertificates",
  service: "iam",
  resourceType: "AWS::IAM::ServerCertificate",
  scope: "global",
  actions: ["iam:ListServerCertificates", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listServerCertificates)) {
      const certificates = Page.parse(page).ServerCertificateMetadataList;
      yield certificates.map(found);
    }
  },
};

const found = (certificate: z.infer<typeof ListedCertificate>): Found<ServerCertificate> => ({
  nativeId: certificate.Arn,
  arn: certificate.Arn,
  name: certificate.ServerCertificateName,
  state: null,
  ...taggedAs(certificate.Arn),
  createdAt: certificate.UploadDate,
  expiresAt: certificate.Expiration,
  region: null,
  costMonthly: 0,
  attributes: {
    primaryDomain: null,
    altNames: [],
    notBefore: null,
    notAfter: certificate.Expiration,
    issuer: null,
    algorithm: null,
    source: "iam",
    inUse: null,
    type: null,
    status: null,
    renewalEligibility: null,
    certificateId: certificate.ServerCertificateId,
    path: certificate.Path,
  },
});
