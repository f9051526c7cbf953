/** An EC2 answer: `<DescribeXResponse>` around this. */
export const response = (action: string, inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
    ${inside}
</${action}Response>`;

/** A relation to a thing of EC2; its ARN from the account on: `111122223333:vpc/vpc-0a`. */
export const relation = (kind: string, type: string, rest: string) => ({
  kind,
  resourceType: `AWS::EC2::${type}`,
  target: `arn:aws:ec2:eu-west-1:${rest}`,
});
