import { endpoint, list, one } from "#http/endpoint";
import { getCertificate } from "./get.ts";
import { listCertificates } from "./list.ts";
import { certificateBody, CertificateBody, CertificatePath, CertificateQuery } from "./shapes.ts";

const read = { method: "get", tag: "Certificates", scope: "resources:read", role: "viewer" } as const;

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/certificates",
      operationId: "listCertificates",
      summary: "List TLS certificates, the first to end first",
      description:
        "Certificates that have an end, which all issued ones have; `issued=false` lists the requests that have none.",
      query: CertificateQuery,
      sort: ["expiresAt", "id"],
      reply: list(CertificateBody, certificateBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listCertificates(org, page, query),
  ),
  endpoint(
    {
      ...read,
      path: "/certificates/{id}",
      operationId: "getCertificate",
      summary: "Get one certificate",
      params: CertificatePath,
      reply: one(CertificateBody, certificateBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getCertificate(org, params.id),
  ),
];
