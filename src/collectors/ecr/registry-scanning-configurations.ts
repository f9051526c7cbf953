import type { Collector } from "#collectors/collector";
import { getRegistryScanningConfiguration, ScanningConfiguration, type ScanningRule } from "./shapes.ts";

export interface RegistryScanningConfiguration {
  /** `BASIC` or `ENHANCED`. */
  readonly scanType: string | null;
  /** What is scanned, and when; empty: each repository says for itself. */
  readonly rules: readonly ScanningRule[];
}

/** Source: ECR API 2015-09-21, GetRegistryScanningConfiguration. One per region, so there is always one thing found. */
export const collector: Collector<RegistryScanningConfiguration> = {
  id: "ecr.registryScanningConfigurations",
  service: "ecr",
  resourceType: "AWS::ECR::RegistryScanningConfiguration",
  scope: "regional",
  actions: ["ecr:GetRegistryScanningConfiguration"],
  async *list({ aws, place }) {
    yield [
      {
        nativeId: `${place.awsAccountId}/${place.region}`,
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        costMonthly: 0,
        attributes: ScanningConfiguration.parse(await aws.shared(getRegistryScanningConfiguration)),
      },
    ];
  },
};
