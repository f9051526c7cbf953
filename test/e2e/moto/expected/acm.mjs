import { ACMClient, paginateListCertificates } from "@aws-sdk/client-acm";

const keyTypes = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

export async function expected(client) {
  const pages = paginateListCertificates({ client: client(ACMClient) }, { Includes: { keyTypes } });
  const all = await Array.fromAsync(pages, ({ CertificateSummaryList }) => CertificateSummaryList);
  return { "acm.certificates": all.flat().map(({ CertificateArn }) => CertificateArn) };
}
