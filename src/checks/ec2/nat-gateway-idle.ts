import type { About, Check, Examples } from "#checks/check";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { natGatewayMonthlyUsd } from "#prices/ec2";
import { cents, publicIpv4MonthlyUsd } from "#prices/prices";
import { exampleNatGateway, exampleRouteTable } from "./examples.ts";
import { isBeforeWindow } from "./shared.ts";

interface Params {
  /** It must have been there for so long. Its metrics are those of the last 14 days. */
  readonly lookbackDays: number;
  readonly maxBytes: number;
}

export const check: Check<"ec2.natGateways", Params, "ec2.routeTables"> = {
  id: "nat_gateway_idle",
  severity: "medium",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.85,
  drift: false,
  resources: ["ec2.natGateways"],
  reads: ["ec2.routeTables"],
  condense: {
    "ec2.natGateways": ({ state, attributes, observed }) => {
      const { natGatewayId, availabilityMode, publicIps } = attributes;
      return state === "available" ? { natGatewayId, availabilityMode, publicIps, ...observed } : null;
    },
    "ec2.routeTables": ({ attributes: { routeTableId, routes } }) =>
      routes.some(({ target }) => target?.startsWith("nat-")) ? { routeTableId, routes } : null,
  },
  decisive: [],
  params: { lookbackDays: 14, maxBytes: 0 },
  judge({ state, createdAt, attributes, observed }, { now, others, params, place: { region } }) {
    const { natGatewayId, availabilityMode, publicIps } = attributes;
    if (state !== "available") return null;
    if (createdAt === null) return { status: "unknown", reason: "ec2:DescribeNatGateways gave no creation time" };
    if (!isBeforeWindow(params.lookbackDays, createdAt, now)) return null;
    const { bytesOutToDestination: out, bytesInFromSource: into } = observed ?? {};
    if ((out ?? 0) + (into ?? 0) > params.maxBytes) return { status: "pass" };
    if (typeof out !== "number" || typeof into !== "number")
      return { status: "unknown", reason: "cloudwatch:GetMetricData told too little of its use" };
    const routeTableIds = tablesByTarget(others("ec2.routeTables")).get(natGatewayId) ?? [];
    // A regional one is charged for by zone, which its list does not tell.
    const monthly = availabilityMode === "regional" ? null : natGatewayMonthlyUsd(region);
    return {
      status: "fail",
      exposure: "idle",
      summary: `NAT gateway ${natGatewayId} passes nothing on${routeTableIds.length > 0 ? "" : ", and no route leads to it"}.`,
      details: { natGatewayId, publicIps, routeTableIds, createdAt, ...params },
      evidence: [
        {
          call: "cloudwatch:GetMetricData",
          field: "BytesOutToDestination + BytesInFromSource (Sum)",
          value: `at most ${params.maxBytes}`,
        },
        { call: "ec2:DescribeRouteTables", field: "RouteTables[].Routes[].NatGatewayId", value: routeTableIds },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly + publicIps.length * publicIpv4MonthlyUsd),
    };
  },
};

/** The route tables that lead to a gateway. */
const tablesByTarget = oncePerList((tables: readonly FoundBy<"ec2.routeTables">[]) => {
  const byTarget = new Map<string | null, readonly string[]>();
  for (const { attributes } of tables) {
    for (const target of new Set(attributes.routes.map((route) => route.target)))
      byTarget.set(target, [...(byTarget.get(target) ?? []), attributes.routeTableId].toSorted());
  }
  return byTarget;
});

export const about: About = {
  title: "NAT gateway passes nothing on",
  rationale:
    "The gateway and its address are charged for by the hour before anything goes through them, and nothing does.",
  remediation:
    "Take the routes to it out of the route tables named here, then delete it and give its Elastic IP addresses back. A gateway endpoint for S3 or DynamoDB often made it needless.",
  controls: {},
};

export const examples = (): Examples<"ec2.natGateways", Params> => {
  const now = new Date("2026-02-01T12:00:00Z");
  const place = { region: "us-east-1" };
  const quiet = { bytesOutToDestination: 0, bytesInFromSource: 0 };
  const idle = (
    rest: Parameters<typeof exampleNatGateway>[1] = {},
    attributes: Parameters<typeof exampleNatGateway>[0] = {},
  ) => exampleNatGateway(attributes, { observed: quiet, ...rest });
  const others = { "ec2.routeTables": [exampleRouteTable("nat-0a"), exampleRouteTable("igw-0a")] };
  return {
    pass: [
      { name: "used", found: exampleNatGateway(), now },
      { name: "a single byte came in", found: idle({ observed: { ...quiet, bytesInFromSource: 1 } }), now },
      {
        name: "used, as far as is known",
        found: idle({ observed: { bytesOutToDestination: 1, bytesInFromSource: null } }),
        now,
      },
    ],
    fail: [
      {
        name: "no route leads to it",
        found: idle(),
        now,
        place,
        expect: { exposure: "idle", savingsMonthly: 36.5, details: { routeTableIds: [], maxBytes: 0 } },
      },
      { name: "a route leads to it", found: idle(), now, others, expect: { details: { routeTableIds: ["rtb-0a"] } } },
      {
        name: "a private one in Ireland",
        found: idle({}, { publicIps: [], connectivityType: "private" }),
        now,
        place: { region: "eu-west-1" },
        expect: { savingsMonthly: 36.46 },
      },
      { name: "a regional one", found: idle({}, { availabilityMode: "regional" }), now },
      { name: "made as the first day began", found: idle({ createdAt: "2026-01-18T00:00:00.000Z" }), now },
      {
        name: "as little as counts as nothing",
        found: idle({ observed: { bytesOutToDestination: 400, bytesInFromSource: 600 } }),
        now,
        params: { maxBytes: 1000 },
      },
    ],
    unknown: [
      { name: "no metrics", found: idle({ observed: { bytesOutToDestination: null, bytesInFromSource: null } }), now },
      {
        name: "metrics could not be read",
        found: idle({ observed: { bytesOutToDestination: 0, bytesInFromSource: undefined } }),
        now,
      },
      { name: "no creation time", found: idle({ createdAt: null }), now },
    ],
    notApplicable: [
      { name: "made a millisecond into the first day", found: idle({ createdAt: "2026-01-18T00:00:00.001Z" }), now },
      { name: "being deleted", found: idle({ state: "deleting" }), now },
    ],
  };
};
