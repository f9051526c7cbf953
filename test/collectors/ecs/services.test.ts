import { describe, it } from "vitest";
import { collector } from "#collectors/ecs/services";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import { account, arn, clusters, described, error, service, serviceArns } from "./wire.ts";

const web = service("web", {
  loadBalancers: [
    {
      targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a1",
      containerName: "web",
      containerPort: 8080,
    },
  ],
  desiredCount: 3,
  runningCount: 2,
  pendingCount: 1,
  launchType: "FARGATE",
  platformVersion: "LATEST",
  platformFamily: "Linux",
  deploymentConfiguration: {
    deploymentCircuitBreaker: { enable: true, rollback: true },
    maximumPercent: 200,
    minimumHealthyPercent: 100,
  },
  deployments: [{ id: "ecs-svc/1", status: "PRIMARY", taskDefinition: arn("task-definition/web:7") }],
  events: [{ id: "1", createdAt: 1_767_225_600.5, message: "(service web) has reached a steady state." }],
  createdAt: 1_767_225_600.5,
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: ["subnet-0b2", "subnet-0a1"],
      securityGroups: ["sg-0a1"],
      assignPublicIp: "ENABLED",
    },
  },
  schedulingStrategy: "REPLICA",
  deploymentController: { type: "ECS" },
  enableExecuteCommand: false,
  tags: [{ key: "env", value: "prod" }],
});

describe("ecs.services", () => {
  it("reads a service", async ({ expect }) => {
    const aws = account([web]);
    const ec2 = (name: string): string => `arn:aws:ec2:eu-west-1:111122223333:${name}`;
    const targetGroup = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a1";
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("service/shop/web"),
        arn: arn("service/shop/web"),
        name: "web",
        state: "ACTIVE",
        tags: { env: "prod" },
        createdAt: "2026-01-01T00:00:00.500Z",
        relations: [
          { kind: "in", resourceType: "AWS::ECS::Cluster", target: arn("cluster/shop") },
          { kind: "runs", resourceType: "AWS::ECS::TaskDefinition", target: arn("task-definition/web:7") },
          { kind: "uses", resourceType: "AWS::EC2::SecurityGroup", target: ec2("security-group/sg-0a1") },
          { kind: "in", resourceType: "AWS::EC2::Subnet", target: ec2("subnet/subnet-0a1") },
          { kind: "in", resourceType: "AWS::EC2::Subnet", target: ec2("subnet/subnet-0b2") },
          { kind: "registeredIn", resourceType: "AWS::ElasticLoadBalancingV2::TargetGroup", target: targetGroup },
        ],
        attributes: {
          clusterArn: arn("cluster/shop"),
          taskDefinitionArns: [arn("task-definition/web:7")],
          launchType: "FARGATE",
          capacityProviders: [],
          platformVersion: "LATEST",
          schedulingStrategy: "REPLICA",
          deploymentController: "ECS",
          deploymentCircuitBreaker: true,
          enableExecuteCommand: false,
          assignPublicIp: true,
          subnetIds: ["subnet-0a1", "subnet-0b2"],
          securityGroupIds: ["sg-0a1"],
          targetGroupArns: [targetGroup],
        },
        observed: { desiredCount: 3, runningCount: 2, pendingCount: 1 },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListClusters {"maxResults":100}',
      `ListServices {"cluster":"${arn("cluster/shop")}","maxResults":100}`,
      `DescribeServices {"cluster":"${arn("cluster/shop")}","services":["${arn("service/shop/web")}"],"include":["TAGS"]}`,
    ]);
  });

  it("says null for what a service does not have", async ({ expect }) => {
    const [found] = await allOf(collector, account([service("plain", { taskDefinition: undefined })]));
    expect(found).toMatchObject({ tags: {}, createdAt: null });
    expect(found?.relations).toEqual([{ kind: "in", resourceType: "AWS::ECS::Cluster", target: arn("cluster/shop") }]);
    const values = Object.values({ ...found?.attributes }).map((value) =>
      Array.isArray(value) ? value.length : value,
    );
    expect(new Set(values)).toEqual(new Set([arn("cluster/shop"), null, 0]));
    expect(found?.observed).toEqual({ desiredCount: null, runningCount: null, pendingCount: null });
  });

  it("finds what runs a service whose deployments are made elsewhere", async ({ expect }) => {
    const set = (revision: number, assignPublicIp: string) => ({
      taskDefinition: arn(`task-definition/web:${revision}`),
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0a1"], assignPublicIp } },
    });
    const external = service("blue", {
      taskDefinition: undefined,
      deploymentController: { type: "EXTERNAL" },
      taskSets: [set(9, "ENABLED"), set(8, "DISABLED")],
    });
    const [found] = await allOf(collector, account([external]));
    expect(found?.attributes).toMatchObject({
      taskDefinitionArns: [arn("task-definition/web:8"), arn("task-definition/web:9")],
      subnetIds: ["subnet-0a1"],
      assignPublicIp: true,
    });
  });

  it("goes through all clusters and all services, ten at a time", async ({ expect }) => {
    const names = Array.from({ length: 12 }, (_, at) => `s${at}`);
    const aws = account([], {
      ListClusters: ({ nextToken }) =>
        nextToken === "c2" ? clusters([arn("cluster/empty")]) : clusters([arn("cluster/shop")], "c2"),
      ListServices: ({ cluster, nextToken }) => {
        if (cluster === arn("cluster/empty")) return serviceArns([]);
        return nextToken === "s2" ? serviceArns(["last"]) : serviceArns(names, "s2");
      },
      DescribeServices: ({ services }) =>
        described((services as readonly string[]).map((one) => service(one.split("/").at(-1) ?? ""))),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([names, ["last"], []]);
    expect(
      aws.calls.filter(({ action }) => action === "DescribeServices").map(({ input }) => input["services"]),
    ).toEqual([
      names.slice(0, 10).map((name) => arn(`service/shop/${name}`)),
      names.slice(10).map((name) => arn(`service/shop/${name}`)),
      [arn("service/shop/last")],
    ]);
  });

  it("leaves out services and clusters that are gone since they were listed", async ({ expect }) => {
    const aws = account([web], {
      ListClusters: clusters([arn("cluster/gone"), arn("cluster/shop")]),
      ListServices: ({ cluster }) =>
        cluster === arn("cluster/gone") ? error("ClusterNotFoundException") : serviceArns(["web", "gone"]),
    });
    expect((await allOf(collector, aws)).map(({ name }) => name)).toEqual(["web"]);
  });

  it("makes one call for a region without clusters, and fails as a whole when a list is denied", async ({ expect }) => {
    const aws = account([], { ListClusters: clusters([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListClusters {"maxResults":100}']);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ ListClusters: "{}" }))).rejects.toThrow();
    await expect(collect(collector, fakeAws({ ListClusters: clusters([arn("cluster/shop")]) }))).rejects.toThrow(
      "ListServices",
    );
    await expect(collect(collector, account([], { ListClusters: clusters([], "again") }))).rejects.toThrow(
      "repeats a page",
    );
  });
});
