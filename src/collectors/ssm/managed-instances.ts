import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { flag, instant, number, part, text } from "#collectors/json";
import { arnIn, relatedEc2 } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

/** A machine with the Systems Manager agent: an EC2 instance, whose tags are told of it alone, or another one (`mi-…`). */
export interface ManagedInstance {
  readonly instanceId: string;
  /** `EC2Instance` or `ManagedInstance`. */
  readonly kind: string | null;
  /** `Linux`, `Windows` or `MacOS`. */
  readonly platformType: string | null;
  readonly platformName: string | null;
  readonly platformVersion: string | null;
  readonly computerName: string | null;
  /** Only machines outside EC2 have one of their own. */
  readonly iamRole: string | null;
}

export interface ManagedInstanceObserved {
  /** `Online`, `ConnectionLost` or `Inactive`. */
  readonly pingStatus: string | null;
  readonly lastPingAt: string | null;
  readonly agentVersion: string | null;
  readonly isLatestAgent: boolean | null;
  /** null: its patches were never looked at; `undefined`: could not be read. */
  readonly patch: PatchCompliance | null | undefined;
}

export interface PatchCompliance {
  /** `COMPLIANT` or `NON_COMPLIANT`. */
  readonly status: string | null;
  readonly checkedAt: string | null;
  /** Missing or failed patches by severity. */
  readonly nonCompliant: { readonly total: number; readonly critical: number; readonly high: number };
}

const describeInstanceInformation: Operation = {
  service: "ssm",
  action: "DescribeInstanceInformation",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 50] },
};
const listResourceComplianceSummaries: Operation = {
  service: "ssm",
  action: "ListResourceComplianceSummaries",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 50] },
};

const ListedInstance = z.object({
  InstanceId: z.string(),
  PingStatus: text,
  LastPingDateTime: instant,
  AgentVersion: text,
  IsLatestVersion: flag,
  PlatformType: text,
  PlatformName: text,
  PlatformVersion: text,
  IamRole: text,
  RegistrationDate: instant,
  ResourceType: text,
  ComputerName: text,
});
type ListedInstance = z.infer<typeof ListedInstance>;
const Page = z.object({ InstanceInformationList: z.array(ListedInstance) });

const Summary = z.object({
  ResourceId: z.string(),
  Status: text,
  ExecutionSummary: part({ ExecutionTime: instant }),
  NonCompliantSummary: part({
    NonCompliantCount: number,
    SeveritySummary: part({ CriticalCount: number, HighCount: number }),
  }),
});
const SummaryPage = z.object({ ResourceComplianceSummaryItems: z.array(Summary) });

/**
 * Source: Systems Manager API 2014-11-06, DescribeInstanceInformation (50 per page) and, once there is an instance,
 * ListResourceComplianceSummaries of patches (50 per page).
 */
export const collector: Collector<ManagedInstance, ManagedInstanceObserved> = {
  id: "ssm.managedInstances",
  service: "ssm",
  resourceType: "AWS::SSM::ManagedInstance",
  scope: "regional",
  actions: ["ssm:DescribeInstanceInformation", "ssm:ListResourceComplianceSummaries", ...tagActions],
  async *list({ aws, place }) {
    let patches: Promise<Patches | undefined> | undefined;
    for await (const page of aws.walk(describeInstanceInformation)) {
      const instances = Page.parse(page).InstanceInformationList;
      if (instances.length === 0) continue;
      patches ??= patchesIn(aws);
      const known = await patches;
      yield instances.map((instance) => found(instance, known && (known.get(instance.InstanceId) ?? null), place));
    }
  },
};

const isEc2 = ({ ResourceType }: ListedInstance): boolean => ResourceType === "EC2Instance";

const arnOf = ({ InstanceId }: ListedInstance, place: Place): string =>
  arnIn(place, "ssm", `managed-instance/${InstanceId}`);

/** By the id of the instance. */
type Patches = ReadonlyMap<string, PatchCompliance>;

/** `undefined`: could not be read. */
async function patchesIn(aws: AwsCaller): Promise<Patches | undefined> {
  const input = { Filters: [{ Key: "ComplianceType", Values: ["Patch"], Type: "EQUAL" }] };
  const patches = new Map<string, PatchCompliance>();
  try {
    for await (const page of aws.pages(listResourceComplianceSummaries, input)) {
      for (const summary of SummaryPage.parse(page).ResourceComplianceSummaryItems) {
        patches.set(summary.ResourceId, complianceOf(summary));
      }
    }
    return patches;
  } catch (error) {
    return aws.gap(error);
  }
}

function complianceOf({ Status, ExecutionSummary, NonCompliantSummary }: z.infer<typeof Summary>): PatchCompliance {
  const { NonCompliantCount, SeveritySummary } = NonCompliantSummary;
  return {
    status: Status,
    checkedAt: ExecutionSummary.ExecutionTime,
    nonCompliant: {
      total: NonCompliantCount ?? 0,
      critical: SeveritySummary.CriticalCount ?? 0,
      high: SeveritySummary.HighCount ?? 0,
    },
  };
}

function found(
  instance: ListedInstance,
  patch: PatchCompliance | null | undefined,
  place: Place,
): Found<ManagedInstance, ManagedInstanceObserved> {
  const arn = arnOf(instance, place);
  return {
    nativeId: arn,
    arn,
    name: instance.ComputerName,
    state: null,
    // Those of EC2 are tagged there.
    ...(isEc2(instance) ? { tags: {} } : taggedAs(arn)),
    createdAt: instance.RegistrationDate,
    relations: relatedEc2("attachedTo", "Instance", isEc2(instance) ? instance.InstanceId : null, place),
    attributes: {
      instanceId: instance.InstanceId,
      kind: instance.ResourceType,
      platformType: instance.PlatformType,
      platformName: instance.PlatformName,
      platformVersion: instance.PlatformVersion,
      computerName: instance.ComputerName,
      iamRole: instance.IamRole,
    },
    observed: {
      pingStatus: instance.PingStatus,
      lastPingAt: instance.LastPingDateTime,
      agentVersion: instance.AgentVersion,
      isLatestAgent: instance.IsLatestVersion,
      patch,
    },
  };
}
