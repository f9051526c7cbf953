import { describe, it } from "vitest";
import type { Found } from "#collectors/collector";
import type { Lists } from "#scans/judge";
import { createViews } from "#scans/views";

const thing = (nativeId: string): Found => ({
  nativeId,
  arn: nativeId,
  name: null,
  state: null,
  tags: {},
  createdAt: null,
  attributes: {},
});
const trails = (...list: Found[]): Lists => new Map([["cloudtrail.trails", list]]);
const options = { everyRegion: true, costs: null };

describe("what cross-service checks see", () => {
  it("knows that there is nothing of what a region does not offer", ({ expect }) => {
    const lists = createViews(new Map(), options).region("eu-north-1", new Map([["kms.keys", null]]));
    expect(lists.get("bedrock-agent.agents")).toEqual([]);
    expect(lists.get("bedrock.guardrails")).toBeUndefined();
    expect(lists.get("kms.keys")).toBeNull();
  });

  it("sees what is global from a region, and every region's things from there, with their regions", ({ expect }) => {
    const views = createViews(new Map([["s3.buckets", [thing("bucket")]]]), options);
    expect(views.region("eu-west-1", trails(thing("a"))).get("s3.buckets")).toHaveLength(1);
    views.region("us-east-1", trails(thing("b")));
    const seen = views.global().get("cloudtrail.trails") ?? [];
    expect(seen.map(({ nativeId, region }) => [nativeId, region])).toEqual([
      ["a", "eu-west-1"],
      ["b", "us-east-1"],
    ]);
  });

  it("knows nothing of all regions where one was not seen whole, or not all were looked at", ({ expect }) => {
    const views = createViews(new Map(), options);
    views.region("eu-west-1", new Map([["cloudtrail.trails", null]]));
    views.region("us-east-1", trails(thing("b")));
    expect(views.global().get("cloudtrail.trails")).toBeNull();
    const some = createViews(new Map(), { ...options, everyRegion: false });
    some.region("us-east-1", trails(thing("b")));
    expect(some.global().get("cloudtrail.trails")).toBeUndefined();
  });
});
