// What a scan found and cost, for people.

const table = (head, rows) => {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? "").length)),
  );
  const line = (cells) =>
    cells
      .map((cell, column) => String(cell ?? "").padEnd(widths[column]))
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((size) => "─".repeat(size))), ...rows.map(line)].join("\n");
};

const short = (text, size) => (text.length > size ? `${text.slice(0, size - 1)}…` : text);

export async function printReport({ origin, key, api, scan, once }) {
  const findings = await api("GET", "/findings?limit=10&sort=-severity,type,region");
  const stats = (await api("GET", "/findings/stats")).data;
  const { cost } = scan;
  console.log(
    `\nScan ${scan.status}: ${scan.resourcesDiscovered} resources, ${stats.byStatus.open ?? 0} open findings\n`,
  );
  console.log(
    table(
      ["SEVERITY", "TYPE", "REGION", "RESOURCE", "SUMMARY"],
      findings.data.map(({ severity, type, region, resourceName, resourceArn, summary }) => [
        severity,
        type,
        region,
        short(resourceName ?? resourceArn?.split(":").at(-1) ?? "", 28),
        short(summary, 60),
      ]),
    ),
  );
  console.log(
    `\nCost: ${cost.awsCalls} AWS calls, ${cost.tasks} tasks, ${cost.rowsRead} rows read, ${cost.rowsWritten} rows written, ${cost.durationMs} ms`,
  );
  console.log(`\nKey    ${key}\nAPI    ${origin}/api/v1\nDocs   ${origin}/api/docs\n`);
  console.log(`curl -s -H "Authorization: Bearer ${key}" "${origin}/api/v1/findings?severity=critical"`);
  console.log(`curl -s -H "Authorization: Bearer ${key}" "${origin}/api/v1/findings/stats"`);
  console.log(
    `curl -s -H "Authorization: Bearer ${key}" -H "Accept: text/csv" "${origin}/api/v1/resources?service=ec2"`,
  );
  if (!once)
    console.log(
      "\nServing. Ctrl-C ends it. E-mail of channels is written below .wrangler/, into folders email-text and email-html, until then.",
    );
}
