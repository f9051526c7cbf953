import type { About, Check, Examples } from "#checks/check";
import { cents, publicIpv4MonthlyUsd } from "#prices/prices";
import { exampleAddress } from "./examples.ts";

export const check: Check<"ec2.addresses"> = {
  id: "orphaned_eip",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["ec2.addresses"],
  decisive: [],
  params: {},
  judge({ attributes }) {
    const { publicIp, allocationId, associationId, networkInterfaceId, instanceId, publicIpv4Pool } = attributes;
    if (associationId !== null || networkInterfaceId !== null || instanceId !== null) return { status: "pass" };
    return {
      status: "fail",
      exposure: "idle",
      summary: `Elastic IP ${publicIp} is associated with nothing.`,
      details: { publicIp, allocationId, publicIpv4Pool },
      evidence: [
        { call: "ec2:DescribeAddresses", field: "Addresses[].AssociationId", value: associationId },
        { call: "ec2:DescribeAddresses", field: "Addresses[].NetworkInterfaceId", value: networkInterfaceId },
        { call: "ec2:DescribeAddresses", field: "Addresses[].InstanceId", value: instanceId },
      ],
      // Addresses the account brought to AWS itself are not charged for.
      savingsMonthly: publicIpv4Pool === "amazon" ? cents(publicIpv4MonthlyUsd) : 0,
    };
  },
};

export const about: About = {
  title: "Elastic IP address is held but not used",
  rationale:
    "AWS charges by the hour for each public IPv4 address, idle ones included. Others may still trust it, too: DNS records and partners' allow-lists tend to outlive the server.",
  remediation:
    "Look for the address in DNS and in firewalls on the other side, remove it there, and release it. An address that must be kept can be ignored here with that reason.",
  controls: {
    aws_fsbp: ["EC2.12"],
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
  },
};

export const examples = (): Examples<"ec2.addresses"> => ({
  pass: [
    { name: "associated", found: exampleAddress({ associationId: "eipassoc-0a" }) },
    { name: "on a network interface", found: exampleAddress({ networkInterfaceId: "eni-0a" }) },
    { name: "on an instance", found: exampleAddress({ instanceId: "i-0a" }) },
  ],
  fail: [
    {
      name: "unused",
      found: exampleAddress(),
      expect: { exposure: "idle", savingsMonthly: 3.65, details: { publicIp: "203.0.113.25" } },
    },
    {
      name: "brought by the account",
      found: exampleAddress({ publicIpv4Pool: "ipv4pool-ec2-0a" }),
      expect: { savingsMonthly: 0 },
    },
  ],
});
