import { CostExplorerClient, GetCostAndUsageCommand } from "@aws-sdk/client-cost-explorer";

const dayMs = 86_400_000;
const day = (ms) => new Date(ms).toISOString().slice(0, 10);

export async function expectedGlobally(client) {
  const answer = await client(CostExplorerClient).send(
    new GetCostAndUsageCommand({
      TimePeriod: { Start: day(Date.now() - 7 * dayMs), End: day(Date.now()) },
      Granularity: "DAILY",
      Metrics: ["UnblendedCost"],
      GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
    }),
  );
  const names = answer.ResultsByTime.flatMap(({ Groups }) => Groups.map(({ Keys: [name] }) => name));
  return { "ce.costs": [...new Set(names)] };
}
