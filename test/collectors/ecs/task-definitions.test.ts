import { describe, it } from "vitest";
import { collector as clusterCollector } from "#collectors/ecs/clusters";
import { collector as serviceCollector } from "#collectors/ecs/services";
import { collector } from "#collectors/ecs/task-definitions";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import { account, arn, clusters, error, service } from "./wire.ts";

const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf";
const web = {
  taskDefinitionArn: arn("task-definition/web:7"),
  containerDefinitions: [
    {
      name: "web",
      image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:v7@sha256:0a1b",
      cpu: 0,
      essential: true,
      environment: [
        { name: "STAGE", value: "production" },
        { name: "GITHUB", value: `ghp_${"0123456789abcdefABCD".repeat(2)}` },
      ],
      secrets: [
        { name: "DB_PASSWORD", valueFrom: `${secret}:password::` },
        { name: "DB_USER", valueFrom: `${secret}:username::` },
        { name: "FLAGS", valueFrom: "/shop/flags" },
        { name: "TOKEN", valueFrom: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token" },
      ],
      user: "1000",
      privileged: false,
      readonlyRootFilesystem: true,
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web" },
      },
    },
    { name: "proxy", image: "nginx:1.29" },
  ],
  family: "web",
  taskRoleArn: "arn:aws:iam::111122223333:role/web",
  executionRoleArn: "arn:aws:iam::111122223333:role/ecs-execution",
  networkMode: "awsvpc",
  revision: 7,
  volumes: [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-0a1" } }, { name: "tmp" }],
  status: "ACTIVE",
  requiresCompatibilities: ["FARGATE", "EC2"],
  cpu: "256",
  memory: "512",
  registeredAt: 1_767_225_600.5,
};
const described = (taskDefinition: unknown): string =>
  JSON.stringify({ taskDefinition, tags: [{ key: "env", value: "prod" }] });

describe("ecs.taskDefinitions", () => {
  it("reads a definition that a service runs", async ({ expect }) => {
    const aws = account([service("web")], { DescribeTaskDefinition: described(web) });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("task-definition/web:7"),
        arn: arn("task-definition/web:7"),
        name: "web:7",
        state: "ACTIVE",
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2026-01-01T00:00:00.500Z",
        costMonthly: 0,
        relations: [
          { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/web" },
          { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/ecs-execution" },
          { kind: "reads", resourceType: "AWS::SecretsManager::Secret", target: secret },
          {
            kind: "reads",
            resourceType: "AWS::SSM::Parameter",
            target: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/flags",
          },
          {
            kind: "reads",
            resourceType: "AWS::SSM::Parameter",
            target: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token",
          },
          {
            kind: "pulls",
            resourceType: "AWS::ECR::Repository",
            target: "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web",
          },
          {
            kind: "logsTo",
            resourceType: "AWS::Logs::LogGroup",
            target: "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web",
          },
          {
            kind: "mounts",
            resourceType: "AWS::EFS::FileSystem",
            target: "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a1",
          },
        ],
        attributes: {
          family: "web",
          networkMode: "awsvpc",
          pidMode: null,
          ipcMode: null,
          requiresCompatibilities: ["EC2", "FARGATE"],
          cpu: "256",
          memory: "512",
          taskRoleArn: "arn:aws:iam::111122223333:role/web",
          executionRoleArn: "arn:aws:iam::111122223333:role/ecs-execution",
          containers: [
            {
              name: "web",
              image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:v7@sha256:0a1b",
              user: "1000",
              privileged: false,
              readonlyRootFilesystem: true,
              logDriver: "awslogs",
              environment: [
                { name: "GITHUB", looksLike: "token" },
                { name: "STAGE", looksLike: null },
              ],
              secrets: web.containerDefinitions[0]?.secrets,
            },
            {
              name: "proxy",
              image: "nginx:1.29",
              user: null,
              privileged: null,
              readonlyRootFilesystem: null,
              logDriver: null,
              environment: [],
              secrets: [],
            },
          ],
        },
      },
    ]);
    expect(aws.asked.at(-1)).toBe(
      `DescribeTaskDefinition {"taskDefinition":"${arn("task-definition/web:7")}","include":["TAGS"]}`,
    );
  });

  it("asks once for each definition that an active service runs", async ({ expect }) => {
    const runs = (name: string, revision: number, more = {}) =>
      service(name, { taskDefinition: arn(`task-definition/web:${revision}`), ...more });
    const services = [runs("a", 7), runs("b", 8), runs("c", 7), runs("draining", 6, { status: "DRAINING" })];
    const aws = account(services, { DescribeTaskDefinition: described(web) });
    expect((await allOf(collector, aws)).map(({ name }) => name)).toEqual(["web:7", "web:8"]);
    expect(aws.calls.filter(({ action }) => action === "DescribeTaskDefinition")).toHaveLength(2);
  });

  it("shares the lists with the other kinds", async ({ expect }) => {
    const aws = account([service("web")], {
      DescribeTaskDefinition: described(web),
      DescribeClusters: JSON.stringify({ clusters: [] }),
    });
    await Promise.all([collect(clusterCollector, aws), collect(serviceCollector, aws), collect(collector, aws)]);
    expect(aws.calls.map(({ action }) => action).toSorted()).toEqual([
      "DescribeClusters",
      "DescribeServices",
      "DescribeTaskDefinition",
      "ListClusters",
      "ListServices",
    ]);
  });

  it("says nothing of one that may not be read, and leaves out one that is gone", async ({ expect }) => {
    const denied = account([service("web")]);
    const [found] = await allOf(collector, denied);
    expect(found).toMatchObject({ nativeId: arn("task-definition/web:7"), name: "web:7", tagsUnread: true });
    expect(Object.keys({ ...found?.attributes })).toHaveLength(10);
    expect(new Set(Object.values({ ...found?.attributes }))).toEqual(new Set([undefined]));
    expect(denied.gaps).toEqual(["DescribeTaskDefinition"]);

    const gone = account([service("web")], { DescribeTaskDefinition: error("ClientException") });
    expect(await allOf(collector, gone)).toEqual([]);
  });

  it("makes one call for a region without clusters, and fails as a whole when the list is denied", async ({
    expect,
  }) => {
    const aws = account([], { ListClusters: clusters([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListClusters {"maxResults":100}']);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
