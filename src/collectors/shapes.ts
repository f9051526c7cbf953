/** What is told of a certificate wherever it is kept. */
export interface CertificateFacts {
  /** null: the list it comes from does not say. */
  readonly primaryDomain: string | null;
  readonly altNames: readonly string[];
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  readonly issuer: string | null | undefined;
  /** `RSA_2048`, `EC_prime256v1`. */
  readonly algorithm: string | null;
  readonly source: "acm" | "iam";
  /** Some AWS service presents it; null: not known. */
  readonly inUse: boolean | null;
  /** `AMAZON_ISSUED`, `IMPORTED` or `PRIVATE`. */
  readonly type: string | null;
  /** ACM's word, e.g. `ISSUED`, `PENDING_VALIDATION`. */
  readonly status: string | null;
  /** `ELIGIBLE`: ACM renews it by itself. */
  readonly renewalEligibility: string | null;
}
