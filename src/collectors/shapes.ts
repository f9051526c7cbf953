import { z } from "zod";
import { listAt } from "#aws/answer";

/** The list at a dotted path; where it is left out or empty there is nothing in it. */
export const listOf = <Entry extends z.ZodType>(path: string, entry: Entry) =>
  z.preprocess((element) => listAt(element, path), z.array(entry));

/** The list an answer is about. It must be there: an answer without it does not say that there is nothing. */
export const wholeListOf = <Entry extends z.ZodType>(path: string, entry: Entry) =>
  z.preprocess((element) => (element === undefined ? undefined : listAt(element, path)), z.array(entry));

/** Tags at a dotted path, written as S3 and RDS do: `<Tag><Key/><Value/></Tag>`. */
export const tagsAt = (path: string) =>
  listOf(path, z.object({ Key: z.string(), Value: z.string().default("") })).transform(
    (tags): Readonly<Record<string, string>> => Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value])),
  );

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
