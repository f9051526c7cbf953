const lifecycleXml = (name: string, from: string, to: string): string =>
  `<SupportedEngineLifecycle><LifecycleSupportName>open-source-rds-${name}-support</LifecycleSupportName><LifecycleSupportStartDate>${from}T00:00:00Z</LifecycleSupportStartDate><LifecycleSupportEndDate>${to}T23:59:59.999Z</LifecycleSupportEndDate></SupportedEngineLifecycle>`;

export const majorXml = (engine: string, version: string, lifecycles = ""): string =>
  `<DBMajorEngineVersion><Engine>${engine}</Engine><MajorEngineVersion>${version}</MajorEngineVersion><SupportedEngineLifecycles>${lifecycles}</SupportedEngineLifecycles></DBMajorEngineVersion>`;

export const majorsAnswer = (majors: string, marker = ""): string =>
  `<DescribeDBMajorEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBMajorEngineVersionsResult>${
    marker && `<Marker>${marker}</Marker>`
  }<DBMajorEngineVersions>${majors}</DBMajorEngineVersions></DescribeDBMajorEngineVersionsResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeDBMajorEngineVersionsResponse>`;

export const majorsXml = majorsAnswer(
  majorXml(
    "aurora-mysql",
    "8.0",
    lifecycleXml("standard", "2021-11-18", "2028-04-30") + lifecycleXml("extended", "2028-05-01", "2029-07-31"),
  ) +
    majorXml("mariadb", "10.6", lifecycleXml("standard", "2022-02-03", "2026-08-31")) +
    majorXml("oracle-ee", "19") +
    majorXml("postgres", "1", lifecycleXml("standard", "2001-01-01", "2002-01-01")) +
    majorXml(
      "postgres",
      "16",
      lifecycleXml("standard", "2024-02-12", "2029-02-28") + lifecycleXml("extended", "2029-03-01", "2032-02-28"),
    ),
);

/** CloudWatch's answer about one thing, newest day first. */
export const figuresJson = (...values: readonly number[]): string =>
  JSON.stringify({ MetricDataResults: [{ Id: "q0", StatusCode: "Complete", Values: values }] });
