import type { Place, Relation, RelationKind } from "./collector.ts";

type Target = string | null | undefined;
/** One or some; what is null, left out or empty is none. */
type Targets = Target | readonly Target[];

export const arnIn = ({ partition, region, awsAccountId }: Place, service: string, rest: string): string =>
  `arn:${partition}:${service}:${region}:${awsAccountId}:${rest}`;

/** One relation to each of some things of a kind, each once. */
export const related = (kind: RelationKind, resourceType: string, targets: Targets): readonly Relation[] =>
  [...new Set([targets].flat())].flatMap((target) => (target ? [{ kind, resourceType, target }] : []));

/** Kinds of EC2's things as their ARNs name them, by what follows `AWS::EC2::`. */
const ec2Kinds = {
  EIP: "elastic-ip",
  FlowLog: "vpc-flow-log",
  Image: "image",
  Instance: "instance",
  InternetGateway: "internet-gateway",
  NatGateway: "natgateway",
  NetworkAcl: "network-acl",
  NetworkInterface: "network-interface",
  RouteTable: "route-table",
  SecurityGroup: "security-group",
  Snapshot: "snapshot",
  Subnet: "subnet",
  VPC: "vpc",
  Volume: "volume",
} as const;
type Ec2Kind = keyof typeof ec2Kinds;

/** Source: AWS service authorization reference, Amazon EC2. ARNs of images and snapshots carry no account. */
export const ec2Arn = (place: Place, kind: Ec2Kind, id: string): string =>
  arnIn(
    kind === "Image" || kind === "Snapshot" ? { ...place, awsAccountId: "" } : place,
    "ec2",
    `${ec2Kinds[kind]}/${id}`,
  );

/** Relations to things of EC2 by their ids. */
export const relatedEc2 = (kind: RelationKind, to: Ec2Kind, ids: Targets, place: Place): readonly Relation[] =>
  related(
    kind,
    `AWS::EC2::${to}`,
    [ids].flat().map((id) => id && ec2Arn(place, to, id)),
  );

/** The groups that guard a thing, and where it stands in a VPC. */
export const networkRelations = (
  place: Place,
  { securityGroupIds, subnetIds }: { readonly securityGroupIds?: Targets; readonly subnetIds?: Targets },
): readonly Relation[] => [
  ...relatedEc2("uses", "SecurityGroup", securityGroupIds, place),
  ...relatedEc2("in", "Subnet", subnetIds, place),
];

/** The ARN of a KMS key that is named by its id, an alias (`alias/x`) or an ARN. */
export function keyArn(key: string | null, place: Place): string | null {
  if (key === null || key.startsWith("arn:")) return key;
  return arnIn(place, "kms", key.startsWith("alias/") ? key : `key/${key}`);
}

/** To the KMS key of a thing. An alias stands for itself: which key it leads to may change. */
export function encryptedBy(key: Target, place: Place): readonly Relation[] {
  const arn = keyArn(key ?? null, place);
  return related("encryptedBy", arn?.includes(":alias/") ? "AWS::KMS::Alias" : "AWS::KMS::Key", arn);
}

/** To roles by their ARNs. */
export const assumes = (roleArns: Targets): readonly Relation[] => related("assumes", "AWS::IAM::Role", roleArns);

export const bucketArn = ({ partition }: Pick<Place, "partition">, name: string): string =>
  `arn:${partition}:s3:::${name}`;

/** To a bucket by its name. */
export const relatedBucket = (kind: RelationKind, name: Target, place: Place): readonly Relation[] =>
  related(kind, "AWS::S3::Bucket", name && bucketArn(place, name));

export const logGroupArn = (place: Place, name: string): string => arnIn(place, "logs", `log-group:${name}`);

/** To log groups by their ARNs, some of which AWS ends in `:*`. */
export const logsTo = (arns: Targets): readonly Relation[] =>
  related(
    "logsTo",
    "AWS::Logs::LogGroup",
    [arns].flat().map((arn) => arn?.replace(/:\*$/, "")),
  );
