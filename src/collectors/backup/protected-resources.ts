import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Relation } from "#collectors/collector";
import { instant, text } from "#collectors/json";
import { related } from "#collectors/relations";

/** That AWS Backup holds at least one copy of something. */
export interface ProtectedResource {
  readonly resourceArn: string;
  /** AWS Backup's word: `EBS`, `RDS`, `DynamoDB`, … */
  readonly resourceType: string | null;
}

export interface ProtectedResourceObserved {
  readonly lastBackupAt: string | null;
  readonly lastBackupVaultArn: string | null;
}

const listProtectedResources: Operation = {
  service: "backup",
  action: "ListProtectedResources",
  method: "GET",
  path: "/resources/",
  paging: { token: "nextToken", next: "NextToken", limit: ["maxResults", 1000] },
};

const ListedResource = z.object({
  ResourceArn: z.string(),
  ResourceType: text,
  ResourceName: text,
  LastBackupTime: instant,
  LastBackupVaultArn: text,
});
type ListedResource = z.infer<typeof ListedResource>;
const Page = z.object({ Results: z.array(ListedResource) });

/** CloudFormation's names for AWS Backup's words. */
const kinds: ReadonlyMap<string | null, string> = new Map([
  ["Aurora", "AWS::RDS::DBCluster"],
  ["DynamoDB", "AWS::DynamoDB::Table"],
  ["EBS", "AWS::EC2::Volume"],
  ["EC2", "AWS::EC2::Instance"],
  ["EFS", "AWS::EFS::FileSystem"],
  ["RDS", "AWS::RDS::DBInstance"],
  ["Redshift", "AWS::Redshift::Cluster"],
  ["S3", "AWS::S3::Bucket"],
]);

/** Source: Backup API 2018-11-15, ListProtectedResources. 1,000 per page. */
export const collector: Collector<ProtectedResource, ProtectedResourceObserved> = {
  id: "backup.protectedResources",
  service: "backup",
  resourceType: "AWS::Backup::ProtectedResource",
  scope: "regional",
  actions: ["backup:ListProtectedResources"],
  async *list({ aws }) {
    for await (const page of aws.walk(listProtectedResources)) yield Page.parse(page).Results.map(found);
  },
};

const protects = ({ ResourceArn, ResourceType }: ListedResource): readonly Relation[] => {
  const resourceType = kinds.get(ResourceType);
  return resourceType === undefined ? [] : related("protects", resourceType, ResourceArn);
};

/** It has no ARN of its own: the one given is that of what it protects. */
const found = (resource: ListedResource): Found<ProtectedResource, ProtectedResourceObserved> => ({
  nativeId: resource.ResourceArn,
  arn: null,
  name: resource.ResourceName,
  state: null,
  tags: {},
  createdAt: null,
  relations: protects(resource),
  attributes: { resourceArn: resource.ResourceArn, resourceType: resource.ResourceType },
  observed: { lastBackupAt: resource.LastBackupTime, lastBackupVaultArn: resource.LastBackupVaultArn },
});
