export { isCertificate } from "./certificate.ts";
export { certificateBody, CertificateBody } from "./shapes.ts";
