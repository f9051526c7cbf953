import { describe, it } from "vitest";
import { collector } from "#collectors/ecs/clusters";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import { arn, clusters } from "./wire.ts";

const shop = {
  clusterArn: arn("cluster/shop"),
  clusterName: "shop",
  status: "ACTIVE",
  registeredContainerInstancesCount: 2,
  runningTasksCount: 5,
  pendingTasksCount: 0,
  activeServicesCount: 3,
  statistics: [],
  tags: [{ key: "env", value: "prod" }],
  settings: [{ name: "containerInsights", value: "enabled" }],
  capacityProviders: ["FARGATE_SPOT", "FARGATE"],
  defaultCapacityProviderStrategy: [],
  configuration: {
    executeCommandConfiguration: { kmsKeyId: "1234abcd-12ab-34cd-56ef-1234567890ab", logging: "OVERRIDE" },
    managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/2" },
  },
  serviceConnectDefaults: { namespace: "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-1" },
};
const described = (...all: readonly unknown[]): string => JSON.stringify({ clusters: all, failures: [] });

describe("ecs.clusters", () => {
  it("reads a cluster", async ({ expect }) => {
    const aws = fakeAws({ ListClusters: clusters([shop.clusterArn]), DescribeClusters: described(shop) });
    const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("cluster/shop"),
        arn: arn("cluster/shop"),
        name: "shop",
        state: "ACTIVE",
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        costMonthly: 0,
        relations: [
          { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: key },
          { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/2" },
        ],
        attributes: {
          containerInsights: "enabled",
          capacityProviders: ["FARGATE", "FARGATE_SPOT"],
          executeCommandLogging: "OVERRIDE",
          executeCommandKmsKeyArn: key,
          fargateStorageKmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/2",
          serviceConnectNamespace: "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-1",
        },
        observed: { containerInstances: 2, activeServices: 3, runningTasks: 5 },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListClusters {"maxResults":100}',
      `DescribeClusters {"clusters":["${arn("cluster/shop")}"],"include":["CONFIGURATIONS","SETTINGS","TAGS"]}`,
    ]);
  });

  it("says null for what a cluster does not have, and leaves out what is gone", async ({ expect }) => {
    const aws = fakeAws({
      ListClusters: clusters([arn("cluster/gone"), arn("cluster/bare")]),
      DescribeClusters: described({ clusterArn: arn("cluster/bare") }),
    });
    const all = await allOf(collector, aws);
    expect(all.map(({ name }) => name)).toEqual(["bare"]);
    const { capacityProviders, ...rest } = { ...all[0]?.attributes };
    expect(capacityProviders).toEqual([]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(all[0]).toMatchObject({ state: null, tags: {}, relations: [] });
  });

  it("keeps the names of clusters that may not be described", async ({ expect }) => {
    const aws = fakeAws({ ListClusters: clusters([shop.clusterArn]) });
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ nativeId: arn("cluster/shop"), name: "shop", tagsUnread: true, relations: [] });
    expect(Object.keys({ ...found?.attributes })).toHaveLength(6);
    expect(new Set(Object.values({ ...found?.attributes }))).toEqual(new Set([undefined]));
    expect(aws.gaps).toEqual(["DescribeClusters"]);
  });

  it("goes through all pages, each described with one call", async ({ expect }) => {
    const aws = fakeAws({
      ListClusters: ({ nextToken }) =>
        nextToken === "t2" ? clusters([arn("cluster/c")]) : clusters([arn("cluster/a"), arn("cluster/b")], "t2"),
      DescribeClusters: ({ clusters: arns }) =>
        described(...(arns as readonly string[]).map((clusterArn) => ({ clusterArn }))),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
    expect(aws.calls.map(({ action }) => action)).toEqual([
      "ListClusters",
      "DescribeClusters",
      "ListClusters",
      "DescribeClusters",
    ]);
  });

  it("makes one call for a region without clusters, and fails as a whole when the list is denied", async ({
    expect,
  }) => {
    const aws = fakeAws({ ListClusters: clusters([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListClusters {"maxResults":100}']);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
