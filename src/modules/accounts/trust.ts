/** A policy of IAM. Source: IAM user guide, "IAM JSON policy elements reference", version 2012-10-17. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

const policyOf = (statement: Readonly<Record<string, unknown>>): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", ...statement }],
});

/** A new external id: 128 random bits. */
export const newExternalId = (): string => `cg-${crypto.getRandomValues(new Uint8Array(16)).toHex()}`;

/** What a role of the method `role` must trust: the operator's principal, and only with this external id. */
export const externalIdTrust = (principalArn: string, externalId: string): PolicyDocument =>
  policyOf({
    Principal: { AWS: principalArn },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": externalId } },
  });

/** The ARN of an account's OIDC provider; its name is the issuer without the scheme. */
export const oidcProviderArn = (awsAccountId: string, issuer: string): string =>
  `arn:aws:iam::${awsAccountId}:oidc-provider/${hostOf(issuer)}`;

/** What stands before the names of a token's claims in conditions. Source: IAM user guide, "Available keys for AWS OIDC federation". */
export const hostOf = (issuer: string): string => new URL(issuer).host;

/** What a role of the method `keyless` must trust: our tokens, and only those made for this account. */
export const webIdentityTrust = (identity: {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly awsAccountId: string;
}): PolicyDocument =>
  policyOf({
    Principal: { Federated: oidcProviderArn(identity.awsAccountId, identity.issuer) },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${hostOf(identity.issuer)}:aud`]: identity.audience,
        [`${hostOf(identity.issuer)}:sub`]: identity.subject,
      },
    },
  });
