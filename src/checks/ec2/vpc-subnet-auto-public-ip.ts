import type { About, Check, Examples } from "#checks/check";
import { exampleInterface, exampleSubnet } from "./examples.ts";
import { placesInUse } from "./shared.ts";

export const check: Check<"ec2.subnets", object, "ec2.networkInterfaces"> = {
  id: "vpc_subnet_auto_public_ip",
  severity: "low",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  confidence: 1.0,
  drift: true,
  resources: ["ec2.subnets"],
  reads: ["ec2.networkInterfaces"],
  condense: {
    "ec2.subnets": ({ attributes: { subnetId, ownerId, vpcId, defaultForAz, mapPublicIpOnLaunch } }) => ({
      subnetId,
      ownerId,
      vpcId,
      defaultForAz,
      mapPublicIpOnLaunch,
    }),
    "ec2.networkInterfaces": ({ attributes: { vpcId, subnetId } }) => ({ vpcId, subnetId }),
  },
  decisive: [],
  params: {},
  judge({ attributes }, { others, place }) {
    const { subnetId, ownerId, vpcId, defaultForAz, mapPublicIpOnLaunch } = attributes;
    if (ownerId !== null && ownerId !== place.awsAccountId) return null;
    const isUsed = placesInUse(others("ec2.networkInterfaces")).has(subnetId);
    // AWS makes these in every region of every account.
    if (defaultForAz && !isUsed) return null;
    if (!mapPublicIpOnLaunch) return { status: "pass" };
    return {
      status: "fail",
      exposure: isUsed ? "internal" : "idle",
      summary: `Subnet ${subnetId} assigns public addresses by itself.`,
      details: { subnetId, vpcId, defaultForAz },
      evidence: [{ call: "ec2:DescribeSubnets", field: "Subnets[].MapPublicIpOnLaunch", value: mapPublicIpOnLaunch }],
    };
  },
};

export const about: About = {
  title: "Subnet gives every new instance a public address",
  rationale:
    "Whatever is started here stands on the internet, and is charged for an address, though nobody has decided that it should.",
  remediation:
    "Set MapPublicIpOnLaunch to false (ModifySubnetAttribute) and ask for a public address where one is wanted. Instances that run keep theirs.",
  controls: { aws_fsbp: ["EC2.15"], soc2: ["cc_6_6"], iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"] },
};

export const examples = (): Examples<"ec2.subnets"> => {
  const others = { "ec2.networkInterfaces": [exampleInterface()] };
  const giving = (rest: Parameters<typeof exampleSubnet>[0] = {}) =>
    exampleSubnet({ mapPublicIpOnLaunch: true, ...rest });
  return {
    pass: [
      { name: "it does not", found: exampleSubnet(), others },
      { name: "a default one that does not", found: exampleSubnet({ defaultForAz: true }), others },
    ],
    fail: [
      { name: "in use", found: giving(), others, expect: { severity: "low", exposure: "internal" } },
      { name: "empty", found: giving({ ownerId: null }), expect: { exposure: "idle" } },
      { name: "a default one in use", found: giving({ defaultForAz: true }), others },
    ],
    notApplicable: [
      { name: "a default one nobody uses", found: giving({ defaultForAz: true }) },
      { name: "shared by another account", found: giving({ ownerId: "999988887777" }), others },
    ],
  };
};
