import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/nat-gateways";
import { collect, fakeAws, inPages, type Answering, type Wire } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const gateway = (id: string, state: string, more = "") =>
  `<item><natGatewayId>${id}</natGatewayId><state>${state}</state>${more}</item>`;

const full = gateway(
  "nat-0a",
  "available",
  `<createTime>2026-02-01T10:00:00.000Z</createTime>
   <connectivityType>public</connectivityType>
   <availabilityMode>zonal</availabilityMode>
   <vpcId>vpc-0a</vpcId>
   <subnetId>subnet-0a</subnetId>
   <natGatewayAddressSet>
     <item>
       <allocationId>eipalloc-0b</allocationId><networkInterfaceId>eni-0a</networkInterfaceId>
       <privateIp>10.0.0.5</privateIp><publicIp>203.0.113.8</publicIp><isPrimary>true</isPrimary><status>succeeded</status>
     </item>
     <item>
       <allocationId>eipalloc-0a</allocationId><networkInterfaceId>eni-0a</networkInterfaceId>
       <privateIp>10.0.0.6</privateIp><publicIp>203.0.113.7</publicIp>
     </item>
   </natGatewayAddressSet>
   <tagSet><item><key>Name</key><value>way-out</value></item></tagSet>`,
);

const page = (items: string, token = "") =>
  response(
    "DescribeNatGateways",
    `<natGatewaySet>${items}</natGatewaySet>${token && `<nextToken>${token}</nextToken>`}`,
  );
const figures = (...values: readonly (readonly number[])[]) =>
  JSON.stringify({ MetricDataResults: values.map((Values, at) => ({ Id: `q${at}`, Values })) });

const account = (gateways: Answering, metrics?: Wire) =>
  fakeAws((call) => (call.action === "GetMetricData" ? metrics : gateways(call)));

describe("ec2.natGateways", () => {
  it("reads every fact and what went through", async ({ expect }) => {
    const aws = account(inPages(page(full)), figures([100, 20], []));
    expect(await collect(collector, aws, new Date("2026-06-15T12:00:00Z"))).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:natgateway/nat-0a",
          arn: "arn:aws:ec2:eu-west-1:111122223333:natgateway/nat-0a",
          name: "way-out",
          state: "available",
          tags: { Name: "way-out" },
          createdAt: "2026-02-01T10:00:00.000Z",
          // 0.045 × 730 × 1.11
          costMonthly: expect.closeTo(36.4635, 6),
          relations: [
            relation("in", "Subnet", "111122223333:subnet/subnet-0a"),
            relation("uses", "EIP", "111122223333:elastic-ip/eipalloc-0a"),
            relation("uses", "EIP", "111122223333:elastic-ip/eipalloc-0b"),
          ],
          attributes: {
            natGatewayId: "nat-0a",
            connectivityType: "public",
            availabilityMode: "zonal",
            vpcId: "vpc-0a",
            subnetId: "subnet-0a",
            publicIps: ["203.0.113.7", "203.0.113.8"],
            allocationIds: ["eipalloc-0a", "eipalloc-0b"],
            networkInterfaceIds: ["eni-0a"],
            failureCode: null,
          },
          observed: { bytesOutToDestination: 120, bytesInFromSource: null },
        },
      ],
    ]);
    const { StartTime, EndTime, MetricDataQueries } = aws.calls.at(-1)?.input ?? {};
    expect([StartTime, EndTime]).toEqual([Date.parse("2026-06-01") / 1000, Date.parse("2026-06-15") / 1000]);
    expect(MetricDataQueries).toMatchObject([
      { MetricStat: { Metric: { Namespace: "AWS/NATGateway", MetricName: "BytesOutToDestination" }, Stat: "Sum" } },
      { MetricStat: { Metric: { Dimensions: [{ Name: "NatGatewayId", Value: "nat-0a" }] }, Stat: "Sum" } },
    ]);
  });

  it("measures none that is not available, and reads what they lack as null", async ({ expect }) => {
    const gone = gateway("nat-0b", "failed", "<failureCode>Gateway.NotAttached</failureCode>");
    const aws = account(inPages(page(gone, "1"), page("")));
    const [[found] = [], second] = await collect(collector, aws);
    expect(found).toMatchObject({ name: null, createdAt: null, costMonthly: 0, relations: [] });
    expect(found?.attributes).toMatchObject({ subnetId: null, publicIps: [], failureCode: "Gateway.NotAttached" });
    expect(found).not.toHaveProperty("observed");
    expect(second).toEqual([]);
    expect(aws.asked).toEqual([
      'DescribeNatGateways {"MaxResults":1000}',
      'DescribeNatGateways {"MaxResults":1000,"NextToken":"1"}',
    ]);
  });

  it("does not know what a regional one costs", async ({ expect }) => {
    const regional = gateway("nat-0a", "available", "<availabilityMode>regional</availabilityMode>");
    const [[found] = []] = await collect(collector, account(inPages(page(regional)), figures([0], [0])));
    expect(found).toMatchObject({ costMonthly: null, observed: { bytesOutToDestination: 0, bytesInFromSource: 0 } });
  });

  it("leaves traffic unknown that could not be read", async ({ expect }) => {
    const aws = account(inPages(page(full)));
    const [[found] = []] = await collect(collector, aws);
    expect(found?.observed).toEqual({ bytesOutToDestination: undefined, bytesInFromSource: undefined });
    expect(aws.gaps).toEqual(["GetMetricData"]);
  });

  it("yields nothing for an account without any, in one call", async ({ expect }) => {
    const aws = account(inPages(page("")));
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails when the list is denied or none", async ({ expect }) => {
    await expect(
      collect(
        collector,
        account(() => undefined),
      ),
    ).rejects.toThrow("AccessDenied");
    await expect(collect(collector, account(inPages(response("DescribeNatGateways", ""))))).rejects.toThrow();
  });
});
