import { z } from "zod";
import { listAt } from "#aws/answer";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import type { CertificateFacts } from "#collectors/shapes";
import { byMarker, isoDate } from "./shapes.ts";

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

const Metadata = z.object({
  ServerCertificateName: z.string(),
  ServerCertificateId: z.string(),
  Path: z.string(),
  Arn: z.string(),
  UploadDate: isoDate.nullable().default(null),
  Expiration: isoDate.nullable().default(null),
});

/** Source: IAM API 2010-05-08, ListServerCertificates, 1,000 per page. */
export const collector: Collector<ServerCertificate> = {
  id: "iam.serverCertificates",
  service: "iam",
  resourceType: "AWS::IAM::ServerCertificate",
  scope: "global",
  actions: ["iam:ListServerCertificates"],
  async *list({ aws }) {
    for await (const page of aws.pages(listServerCertificates)) {
      const certificates = z.array(Metadata).parse(listAt(page, "ServerCertificateMetadataList.member"));
      yield certificates.map((certificate) => ({
        nativeId: certificate.Arn,
        arn: certificate.Arn,
        name: certificate.ServerCertificateName,
        state: null,
        tags: {},
        createdAt: certificate.UploadDate,
        expiresAt: certificate.Expiration,
        region: null,
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
      }));
    }
  },
};
