/** An EC2 answer: `<DescribeXResponse>` around this. */
export const response = (action: string, inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
    ${inside}
</${action}Response>`;
