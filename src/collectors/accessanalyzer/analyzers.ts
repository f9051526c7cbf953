import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { by } from "#collectors/order";

/** What IAM Access Analyzer looks for in a region. One resource per region, so that a region without analyzers has one, too. */
export interface Analyzers {
  /** By ARN. */
  readonly analyzers: readonly Analyzer[];
}

export interface Analyzer {
  readonly arn: string;
  readonly name: string;
  /** `ACCOUNT` and `ORGANIZATION` find access from outside; the others unused (`…_UNUSED_ACCESS`) or internal access. */
  readonly type: string;
  /** `ACTIVE`, `CREATING`, `DISABLED` or `FAILED`. */
  readonly status: string;
}

const listAnalyzers: Operation = {
  service: "accessanalyzer",
  action: "ListAnalyzers",
  method: "GET",
  path: "/analyzer",
  paging: { token: "nextToken", next: "nextToken" },
};

const Page = z.object({
  analyzers: z.array(z.object({ arn: z.string(), name: z.string(), type: z.string(), status: z.string() })),
});

/** Source: IAM Access Analyzer API 2019-11-01, ListAnalyzers. AWS names no largest page. */
export const collector: Collector<Analyzers> = {
  id: "accessanalyzer.analyzers",
  service: "accessanalyzer",
  resourceType: "AWS::AccessAnalyzer::Analyzer",
  scope: "regional",
  actions: ["access-analyzer:ListAnalyzers"],
  async *list({ aws, place }) {
    const pages = await Array.fromAsync(aws.pages(listAnalyzers), (page) => Page.parse(page).analyzers);
    yield [
      {
        nativeId: `access-analyzer/${place.region}`,
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        attributes: { analyzers: pages.flat().toSorted(by(({ arn }) => arn)) },
      },
    ];
  },
};
