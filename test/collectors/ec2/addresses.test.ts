import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/addresses";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const used = `
  <item>
    <publicIp>203.0.113.41</publicIp>
    <allocationId>eipalloc-08229861</allocationId>
    <domain>vpc</domain>
    <instanceId>i-0598c7d356eba48d7</instanceId>
    <associationId>eipassoc-f0229899</associationId>
    <networkInterfaceId>eni-ef229886</networkInterfaceId>
    <networkInterfaceOwnerId>111122223333</networkInterfaceOwnerId>
    <privateIpAddress>10.0.0.228</privateIpAddress>
    <publicIpv4Pool>ipv4pool-ec2-0a</publicIpv4Pool>
    <networkBorderGroup>eu-west-1</networkBorderGroup>
    <tagSet><item><key>Name</key><value>mail</value></item></tagSet>
  </item>`;
const idle = `<item><publicIp>203.0.113.42</publicIp><allocationId>eipalloc-0b</allocationId><domain>vpc</domain><instanceId/></item>`;
const classic = `<item><publicIp>203.0.113.43</publicIp><domain>standard</domain><instanceId/></item>`;

const answer = (items: string) => response("DescribeAddresses", `<addressesSet>${items}</addressesSet>`);

describe("ec2.addresses", () => {
  it("reads every fact in one call", async ({ expect }) => {
    const aws = fakeAws(inPages(answer(used + idle)));
    const [found = []] = await collect(collector, aws);
    expect(found[0]).toEqual({
      nativeId: "arn:aws:ec2:eu-west-1:111122223333:elastic-ip/eipalloc-08229861",
      arn: "arn:aws:ec2:eu-west-1:111122223333:elastic-ip/eipalloc-08229861",
      name: "mail",
      state: null,
      tags: { Name: "mail" },
      createdAt: null,
      costMonthly: 0,
      relations: [
        relation("attachedTo", "NetworkInterface", "111122223333:network-interface/eni-ef229886"),
        relation("attachedTo", "Instance", "111122223333:instance/i-0598c7d356eba48d7"),
      ],
      attributes: {
        publicIp: "203.0.113.41",
        allocationId: "eipalloc-08229861",
        associationId: "eipassoc-f0229899",
        instanceId: "i-0598c7d356eba48d7",
        networkInterfaceId: "eni-ef229886",
        privateIp: "10.0.0.228",
        publicIpv4Pool: "ipv4pool-ec2-0a",
        networkBorderGroup: "eu-west-1",
      },
    });
    expect(aws.asked).toEqual(["DescribeAddresses"]);
  });

  it("reads an idle one as associated with nothing, from Amazon's pool", async ({ expect }) => {
    const [[address] = []] = await collect(collector, fakeAws(inPages(answer(idle))));
    expect(address).toMatchObject({ costMonthly: 3.65, relations: [] });
    expect(address?.attributes).toMatchObject({
      associationId: null,
      instanceId: null,
      networkInterfaceId: null,
      publicIpv4Pool: "amazon",
    });
  });

  it("names one without allocation id by its address", async ({ expect }) => {
    const [[address] = []] = await collect(collector, fakeAws(inPages(answer(classic))));
    expect(address).toMatchObject({ nativeId: "203.0.113.43", arn: null });
  });

  it("yields nothing for an account without addresses", async ({ expect }) => {
    const empty = response("DescribeAddresses", "<addressesSet/>");
    expect(await collect(collector, fakeAws(inPages(empty)))).toEqual([[]]);
  });

  it("refuses an answer without the list", async ({ expect }) => {
    await expect(collect(collector, fakeAws(inPages(response("DescribeAddresses", ""))))).rejects.toThrow();
  });
});
