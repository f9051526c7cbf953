/** Our titles of what the editions of the benchmark have in common; the editions number it differently. */

export const root = {
  contact: "Account contact details are current",
  securityContact: "A security contact is named",
  questions: "Security questions are registered",
  noRootKey: "Root has no access key",
  rootMfa: "Root signs in with MFA",
  rootHardwareMfa: "Root uses a hardware MFA device",
  rootUnused: "Root is not used for daily work",
} as const;

export const identity = {
  passwordLength: "Passwords are 14 characters or longer",
  passwordReuse: "Old passwords cannot be used again",
  userMfa: "Console users sign in with MFA",
  firstKey: "No access key comes with a new user",
  unused: "Credentials unused for 45 days are off",
  oneKey: "Users have one active access key",
  keyAge: "Access keys change every 90 days",
  groups: "Users get permissions from groups only",
  fullAdmin: "No policy allows everything",
  support: "A role handles AWS Support cases",
  instanceRole: "Instances reach AWS by role",
  expired: "No expired certificate is stored in IAM",
  analyzer: "Access Analyzer looks in every region",
  central: "Users are managed in one place",
  cloudShell: "CloudShell full access is restricted",
} as const;

export const s3 = [
  "Buckets refuse plain HTTP",
  "Deleting object versions asks for MFA",
  "Sensitive data in S3 is known",
  "Buckets block public access",
] as const;

export const rds = [
  "Databases are encrypted at rest",
  "Databases take minor upgrades themselves",
  "Databases are not public",
  "Databases stand in several zones",
] as const;

export const efs = "File systems are encrypted";

export const logging = [
  "CloudTrail is on in every region",
  "Trail files are validated",
  "Config records in every region",
  "The trail's bucket logs access",
  "Trails are encrypted with KMS",
  "Symmetric KMS keys rotate",
  "VPCs keep flow logs",
  "Object writes are logged",
  "Object reads are logged",
] as const;

export const monitoring = [
  "Alarm on unauthorized API calls",
  "Alarm on console sign-in without MFA",
  "Alarm on use of root",
  "Alarm on changed IAM policies",
  "Alarm on changed CloudTrail settings",
  "Alarm on failed console sign-ins",
  "Alarm on disabled or deleted KMS keys",
  "Alarm on changed bucket policies",
  "Alarm on changed Config settings",
  "Alarm on changed security groups",
  "Alarm on changed network ACLs",
  "Alarm on changed network gateways",
  "Alarm on changed route tables",
  "Alarm on changed VPCs",
  "Alarm on changed Organizations",
  "Security Hub is on",
] as const;

export const network = {
  ebs: "Volumes are encrypted in every region",
  cifs: "File sharing is open to trusted networks only",
  nacl: "Network ACLs keep admin ports closed",
  ipv4: "Groups keep admin ports closed to IPv4",
  ipv6: "Groups keep admin ports closed to IPv6",
  defaultGroup: "Default security groups let nothing through",
  peering: "Peering routes are as narrow as needed",
  imdsv2: "Instances answer IMDSv2 only",
} as const;

/** `2.1` and three titles: controls 2.1.1 to 2.1.3. `from`: where numbering begins. */
export const numbered = (prefix: string, titles: readonly string[], from = 1): Record<string, string> =>
  Object.fromEntries(titles.map((title, index) => [`${prefix}.${index + from}`, title]));
