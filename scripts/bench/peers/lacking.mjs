// What AWS answers where an account has nothing of a kind, for the operations that moto lacks: it says 500 to them, which the
// Worker takes for a passing fault and asks again, later each time.
const json = (body) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const xml = (body) => ({ status: 200, headers: { "content-type": "text/xml" }, body });

const answers = {
  "access-analyzer GET /analyzer": json({ analyzers: [] }),
  "backup GET /resources/": json({ Results: [] }),
  "bedrock GET /guardrails": json({ guardrails: [] }),
  "cost-optimization-hub ListEnrollmentStatuses": json({ items: [] }),
  "ec2 GetImageBlockPublicAccessState": xml(
    `<GetImageBlockPublicAccessStateResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><imageBlockPublicAccessState>block-new-sharing</imageBlockPublicAccessState></GetImageBlockPublicAccessStateResponse>`,
  ),
  "ec2 GetSnapshotBlockPublicAccessState": xml(
    `<GetSnapshotBlockPublicAccessStateResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><state>unblocked</state></GetSnapshotBlockPublicAccessStateResponse>`,
  ),
  "iam ListServiceSpecificCredentials": xml(
    `<ListServiceSpecificCredentialsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListServiceSpecificCredentialsResult><ServiceSpecificCredentials/><IsTruncated>false</IsTruncated></ListServiceSpecificCredentialsResult></ListServiceSpecificCredentialsResponse>`,
  ),
  "rds DescribeDBMajorEngineVersions": xml(
    `<DescribeDBMajorEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBMajorEngineVersionsResult><DBMajorEngineVersions/></DescribeDBMajorEngineVersionsResult></DescribeDBMajorEngineVersionsResponse>`,
  ),
  "ssm DescribeInstanceInformation": json({ InstanceInformationList: [] }),
};

/** For `startFront({ instead })`. */
export const lacking = (service, operation) => answers[`${service} ${operation}`] ?? null;
