import { kindOf } from "#checks/arn";
import type { About, Check, Examples } from "#checks/check";
import type { CollectorId, FoundBy } from "#collectors/registry";

interface Params {
  /** What holds data, as an ARN says it: `<service>:<type>`, or the service alone where its ARNs name no type. */
  readonly dataKinds: readonly string[];
  /** What else must stay inside, at medium severity, e.g. `ec2:instance`, `lambda:function`. */
  readonly otherKinds: readonly string[];
}

export const check: Check<CollectorId, Params> = {
  id: "data_residency_violation",
  severity: "high",
  category: "compliance",
  domain: "governance",
  effort: "high",
  confidence: 1,
  drift: false,
  resources: "every",
  decisive: ["region"],
  params: {
    dataKinds: [
      "s3",
      "rds:db",
      "rds:cluster",
      "rds:snapshot",
      "rds:cluster-snapshot",
      "dynamodb:table",
      "ec2:volume",
      "ec2:snapshot",
      "elasticfilesystem:file-system",
      "redshift:cluster",
      "es:domain",
      "elasticache:replicationgroup",
      "logs:log-group",
      "sqs",
      "secretsmanager:secret",
      "ecr:repository",
    ],
    otherKinds: [],
  },
  judge(found, { allowedRegions, params, place }) {
    const region = found.region === undefined ? place.region : found.region;
    const kind = kindOf(found.arn);
    if (!allowedRegions?.length || region === null || kind === null) return null;
    const isData = params.dataKinds.includes(kind);
    if (!isData && !params.otherKinds.includes(kind)) return null;
    if (allowedRegions.includes(region)) return { status: "pass" };
    return {
      status: "fail",
      severity: isData ? "high" : "medium",
      summary: `${found.arn} lies in ${region}, which is not an allowed region.`,
      details: { region, kind, allowedRegions: allowedRegions.toSorted() },
      evidence: [{ call: `inventory:${kind}`, field: "region", value: region }],
    };
  },
};

/** Something of this ARN, in the region of the task unless told otherwise. */
function exampleOf(arn: string | null, rest: { region?: string | null } = {}): FoundBy<CollectorId> {
  const bare = { nativeId: arn ?? "203.0.113.25", arn, name: null, state: null, tags: {}, createdAt: null, ...rest };
  // safe: this check reads no attributes.
  return { ...bare, attributes: {} } as unknown as FoundBy<CollectorId>;
}

export const about: About = {
  title: "Data lies outside the regions the organization allows",
  rationale:
    "Contracts and data protection law often tie personal and customers' data to a place. What is stored elsewhere can break them without anybody noticing.",
  remediation:
    "Copy what is needed to an allowed region and delete it here, or add the region to the organization's list if it is meant to be. A service control policy on aws:RequestedRegion keeps it from coming back.",
  controls: {},
};

export const examples = (): Examples<CollectorId, Params> => {
  const volume = exampleOf("arn:aws:ec2:us-west-2:111122223333:volume/vol-0a");
  const bucket = (region: string) => exampleOf("arn:aws:s3:::reports", { region });
  const instance = exampleOf("arn:aws:ec2:us-west-2:111122223333:instance/i-0a");
  const place = { region: "us-west-2" };
  const allowedRegions = ["eu-west-1", "eu-central-1"];
  return {
    pass: [
      { name: "inside", found: volume, place: { region: "eu-west-1" }, allowedRegions },
      { name: "a bucket inside, listed from outside", found: bucket("eu-central-1"), place, allowedRegions },
      {
        name: "more than data, inside",
        found: instance,
        place,
        allowedRegions: ["us-west-2"],
        params: { otherKinds: ["ec2:instance"] },
      },
    ],
    fail: [
      {
        name: "a volume outside",
        found: volume,
        place,
        allowedRegions,
        expect: {
          severity: "high",
          details: { region: "us-west-2", kind: "ec2:volume", allowedRegions: ["eu-central-1", "eu-west-1"] },
        },
      },
      {
        name: "a bucket outside, listed from inside",
        found: bucket("us-east-1"),
        place: { region: "eu-west-1" },
        allowedRegions,
        expect: { details: { region: "us-east-1", kind: "s3" } },
      },
      {
        name: "a snapshot, whose ARN names no account",
        found: exampleOf("arn:aws:ec2:us-west-2::snapshot/snap-0a"),
        place,
        allowedRegions,
      },
      { name: "a database", found: exampleOf("arn:aws:rds:us-west-2:111122223333:db:orders"), place, allowedRegions },
      {
        name: "an instance, where asked for",
        found: instance,
        place,
        allowedRegions,
        params: { otherKinds: ["ec2:instance"] },
        expect: { severity: "medium" },
      },
    ],
    notApplicable: [
      { name: "no regions named", found: volume, place, allowedRegions: null },
      { name: "an empty list of regions", found: volume, place, allowedRegions: [] },
      {
        name: "a global thing",
        found: exampleOf("arn:aws:iam::111122223333:role/web", { region: null }),
        place,
        allowedRegions,
      },
      {
        name: "holds no data",
        found: exampleOf("arn:aws:ec2:us-west-2:111122223333:security-group/sg-0a"),
        place,
        allowedRegions,
      },
      { name: "an instance, where not asked for", found: instance, place, allowedRegions },
      { name: "without an ARN", found: exampleOf(null), place, allowedRegions },
    ],
  };
};
