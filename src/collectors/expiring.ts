/** What may end, by CloudFormation's name of it. */
export const kinds = {
  certificate: "AWS::CertificateManager::Certificate",
  server_certificate: "AWS::IAM::ServerCertificate",
  access_key: "AWS::IAM::AccessKey",
  secret: "AWS::SecretsManager::Secret",
  parameter: "AWS::SSM::Parameter",
  imported_key: "AWS::KMS::Key",
  token: "AWS::IAM::ServiceSpecificCredential",
  domain: "AWS::Route53Domains::Domain",
} as const;
export type Kind = keyof typeof kinds;

// safe: the keys of a constant.
export const kindNames = Object.keys(kinds) as [Kind, ...Kind[]];

const byType: ReadonlyMap<string, Kind> = new Map(kindNames.map((kind) => [kinds[kind], kind]));

/** Null: something else with a date. */
export const kindOf = (resourceType: string): Kind | null => byType.get(resourceType) ?? null;
