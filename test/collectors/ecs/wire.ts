import { fakeAws, type Answers, type FakeAws } from "../../support/fake-aws.ts";

export const arn = (name: string): string => `arn:aws:ecs:eu-west-1:111122223333:${name}`;

export const service = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  serviceArn: arn(`service/shop/${name}`),
  serviceName: name,
  clusterArn: arn("cluster/shop"),
  status: "ACTIVE",
  taskDefinition: arn("task-definition/web:7"),
  ...more,
});

export const clusters = (clusterArns: readonly string[], nextToken?: string): string =>
  JSON.stringify({ clusterArns, nextToken });
export const serviceArns = (names: readonly string[], nextToken?: string): string =>
  JSON.stringify({ serviceArns: names.map((name) => arn(`service/shop/${name}`)), nextToken });
export const described = (services: readonly unknown[]): string => JSON.stringify({ services, failures: [] });
export const error = (code: string) => ({ status: 400, body: JSON.stringify({ __type: code, message: "No" }) });

/** One cluster with some services, and what else AWS answers. */
export const account = (services: readonly { readonly serviceName: string }[], answers: Answers = {}): FakeAws =>
  fakeAws({
    ListClusters: clusters([arn("cluster/shop")]),
    ListServices: serviceArns(services.map(({ serviceName }) => serviceName)),
    DescribeServices: described(services),
    ...answers,
  });
