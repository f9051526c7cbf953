import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { environmentOf, type EnvironmentVariable } from "#collectors/environment";
import { flag, instant, list, part, tagList, text, texts } from "#collectors/json";
import { oneByOne } from "#collectors/read";
import { arnIn, assumes, logGroupArn, logsTo, related } from "#collectors/relations";
import { unread, type OrUnread } from "#collectors/unread";
import { servicesIn, taskDefinitionsOf } from "./shapes.ts";

/** A revision of a task definition that an active service runs. */
export interface TaskDefinition {
  readonly family: string | null;
  /** `awsvpc`, `bridge`, `host` or `none`. */
  readonly networkMode: string | null;
  /** `host`: its containers see every process of the machine. */
  readonly pidMode: string | null;
  readonly ipcMode: string | null;
  /** `EC2`, `FARGATE`, `EXTERNAL`. */
  readonly requiresCompatibilities: readonly string[];
  /** In units of 1/1,024 of a processor, as text. */
  readonly cpu: string | null;
  /** In MiB, as text. */
  readonly memory: string | null;
  readonly taskRoleArn: string | null;
  readonly executionRoleArn: string | null;
  readonly containers: readonly Container[];
}

export interface Container {
  readonly name: string | null;
  readonly image: string | null;
  /** null: whoever the image says, often root. */
  readonly user: string | null;
  readonly privileged: boolean | null;
  readonly readonlyRootFilesystem: boolean | null;
  readonly logDriver: string | null;
  readonly environment: readonly EnvironmentVariable[];
  /** Variables that are read from a secret or a parameter when it starts. */
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
}

const describeTaskDefinition: Operation = { service: "ecs", action: "DescribeTaskDefinition" };

const ContainerDefinition = z.object({
  name: text,
  image: text,
  user: text,
  privileged: flag,
  readonlyRootFilesystem: flag,
  logConfiguration: part({ logDriver: text, options: z.record(z.string(), z.string()).nullish() }),
  environment: list(z.object({ name: z.string(), value: z.string().nullish() })).transform((variables) =>
    environmentOf(variables.map(({ name, value }) => [name, value ?? ""])),
  ),
  secrets: list(z.object({ name: z.string(), valueFrom: z.string() })),
});
const DescribedRevision = z.object({
  status: text,
  registeredAt: instant,
  family: text,
  networkMode: text,
  pidMode: text,
  ipcMode: text,
  requiresCompatibilities: texts,
  cpu: text,
  memory: text,
  taskRoleArn: text,
  executionRoleArn: text,
  containerDefinitions: list(ContainerDefinition),
  volumes: list(z.object({ efsVolumeConfiguration: part({ fileSystemId: text }) })),
});
type DescribedRevision = z.infer<typeof DescribedRevision>;
const Answer = z.object({ taskDefinition: DescribedRevision, tags: tagList });

/**
 * Source: ECS API 2014-11-13, DescribeTaskDefinition of each revision that active services run, which DescribeServices
 * tells. Revisions that nothing runs are not looked at: they are never deleted by themselves and may be many.
 */
export const collector: Collector<OrUnread<TaskDefinition>, object, string> = {
  id: "ecs.taskDefinitions",
  service: "ecs",
  resourceType: "AWS::ECS::TaskDefinition",
  scope: "regional",
  actions: ["ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListClusters", "ecs:ListServices"],
  async *list({ aws }) {
    const seen = new Set<string>();
    for await (const services of servicesIn(aws)) {
      const running = services.filter(({ status }) => status === "ACTIVE").flatMap(taskDefinitionsOf);
      const unseen = [...new Set(running).difference(seen)];
      for (const arn of unseen) seen.add(arn);
      if (unseen.length > 0) yield unseen;
    }
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, arn: string): Promise<Found<OrUnread<TaskDefinition>> | null> {
  // ECS says `ClientException` of one it does not know.
  const input = { taskDefinition: arn, include: ["TAGS"] };
  const answer = await aws.attempt(describeTaskDefinition, input, ["ClientException"]);
  if (answer === null) return null;
  const read = Answer.safeParse(answer).data;
  const described = read?.taskDefinition;
  return {
    nativeId: arn,
    arn,
    name: arn.split("/").at(-1) ?? null,
    state: described?.status ?? null,
    tags: read?.tags ?? {},
    tagsUnread: read === undefined,
    createdAt: described?.registeredAt ?? null,
    costMonthly: 0,
    relations: described ? relationsOf(described, place) : [],
    attributes: described ? attributesOf(described) : unread(attributesOf(DescribedRevision.parse({}))),
  };
}

const attributesOf = (described: DescribedRevision): TaskDefinition => ({
  family: described.family,
  networkMode: described.networkMode,
  pidMode: described.pidMode,
  ipcMode: described.ipcMode,
  requiresCompatibilities: described.requiresCompatibilities.toSorted(),
  cpu: described.cpu,
  memory: described.memory,
  taskRoleArn: described.taskRoleArn,
  executionRoleArn: described.executionRoleArn,
  // A revision never changes, so neither does their order.
  containers: described.containerDefinitions.map((container) => ({
    name: container.name,
    image: container.image,
    user: container.user,
    privileged: container.privileged,
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    logDriver: container.logConfiguration.logDriver,
    environment: container.environment,
    secrets: container.secrets,
  })),
});

function relationsOf(described: DescribedRevision, place: Place): readonly Relation[] {
  const containers = described.containerDefinitions;
  const read = containers.flatMap(({ secrets }) => secrets.map(({ valueFrom }) => valueFrom));
  const isSecret = (name: string): boolean => name.includes(":secretsmanager:");
  const logGroups = containers.map(({ logConfiguration }) => {
    const { "awslogs-group": group, "awslogs-region": region = place.region } = logConfiguration.options ?? {};
    return group && logGroupArn({ ...place, region }, group);
  });
  const fileSystems = described.volumes.map(({ efsVolumeConfiguration: { fileSystemId } }) => fileSystemId);
  return [
    ...assumes([described.taskRoleArn, described.executionRoleArn]),
    ...related("reads", "AWS::SecretsManager::Secret", read.filter(isSecret).map(secretArn)),
    ...related(
      "reads",
      "AWS::SSM::Parameter",
      read.filter((name) => !isSecret(name)).map((name) => parameterArn(name, place)),
    ),
    ...related(
      "pulls",
      "AWS::ECR::Repository",
      containers.map(({ image }) => repositoryArn(image ?? "", place)),
    ),
    ...logsTo(logGroups),
    ...related(
      "mounts",
      "AWS::EFS::FileSystem",
      fileSystems.map((id) => id && arnIn(place, "elasticfilesystem", `file-system/${id}`)),
    ),
  ];
}

/** Without the member, stage and version of the secret that may stand behind its ARN. */
const secretArn = (valueFrom: string): string => valueFrom.split(":").slice(0, 7).join(":");

/** A parameter of the same region may stand there by its name alone. */
const parameterArn = (valueFrom: string, place: Place): string =>
  valueFrom.startsWith("arn:") ? valueFrom : arnIn(place, "ssm", `parameter/${valueFrom.replace(/^\//, "")}`);

const ecrImage = /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z\d-]+)\.[^/]+\/(?<name>[^:@]+)/;

/** null: the image is not in ECR. */
function repositoryArn(image: string, { partition }: Place): string | null {
  const { account: awsAccountId = "", region = "", name } = ecrImage.exec(image)?.groups ?? {};
  return name === undefined ? null : arnIn({ partition, region, awsAccountId }, "ecr", `repository/${name}`);
}
