import { newId } from "#lib/id";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { accountRow, at, insertRows, resourceRow } from "../findings/world.ts";

async function anyCertificate(org: TestOrg): Promise<{ id: string }> {
  const id = newId();
  const certificate = { id, resource_type: "AWS::CertificateManager::Certificate", service: "acm", expires_at: at(0) };
  await insertRows("resources", [await resourceRow(org.id, accountRow(org.id, "123456789012"), 1, certificate)]);
  return { id };
}

export const samples: Samples = { listCertificates: {}, getCertificate: { params: anyCertificate } };
