import { serviceOf, services, type ServiceName } from "./services.ts";

/** An error as AWS answers it: its code, HTTP status and message. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const requestId = "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE0";

export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The date tells a client how far its clock is off. */
const headers = (contentType: string): Record<string, string> => ({
  "content-type": contentType,
  "x-amzn-requestid": requestId,
  date: new Date().toUTCString(),
});

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An XML answer. */
export const xml = (body: string, status = 200): Response =>
  new Response(declaration + body, { status, headers: headers("text/xml;charset=UTF-8") });

/** A JSON 1.1 answer. */
export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: headers("application/x-amz-json-1.1") });

/** An answer of a REST-XML service other than S3: its root element in the service's namespace. */
export const restXmlAnswer = (service: ServiceName, root: string, inside: string): Response =>
  xml(`<${root} xmlns="${serviceOf(service).namespace}">${inside}</${root}>`);

/** `<XResponse>` round an EC2 answer. */
export const ec2Answer = (action: string, inside: string): Response =>
  xml(
    `<${action}Response xmlns="${services.ec2.namespace}"><requestId>${requestId}</requestId>${inside}</${action}Response>`,
  );

/** `<XResponse><XResult>` round a query protocol's answer. */
export const queryAnswer = (service: ServiceName, action: string, inside: string): Response =>
  xml(
    `<${action}Response xmlns="${serviceOf(service).namespace}"><${action}Result>${inside}</${action}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  );

/** The error in the form of the service's protocol. */
export function errorAnswer(service: ServiceName, error: AwsError): Response {
  const { protocol, namespace } = serviceOf(service);
  const inside = `<Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>`;
  if (protocol === "json") return json({ __type: error.code, message: error.message }, error.status);
  if (protocol === "rest-json") {
    const answer = json({ message: error.message }, error.status);
    answer.headers.set("x-amzn-errortype", error.code);
    return answer;
  }
  if (protocol === "ec2") {
    return xml(
      `<Response><Errors><Error>${inside}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      error.status,
    );
  }
  if (service === "s3") return xml(`<Error>${inside}<RequestId>${requestId}</RequestId></Error>`, error.status);
  const type = error.status < 500 ? "Sender" : "Receiver";
  return xml(
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type>${inside}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    error.status,
  );
}

const isS3 = (service: ServiceName): boolean => service === "s3" || service === "s3control";

interface Wording {
  readonly code: string;
  readonly status: number;
}
type Words = Readonly<Record<"ec2" | "query" | "s3" | "json", Wording>>;

/** What each protocol calls the same thing. Sources: "Common errors" of the EC2, IAM, S3 and ACM API references. */
const vocabulary = {
  unknownKey: {
    ec2: { code: "AuthFailure", status: 401 },
    query: { code: "InvalidClientTokenId", status: 403 },
    s3: { code: "InvalidAccessKeyId", status: 403 },
    json: { code: "UnrecognizedClientException", status: 400 },
  },
  wrongSignature: {
    ec2: { code: "SignatureDoesNotMatch", status: 403 },
    query: { code: "SignatureDoesNotMatch", status: 403 },
    s3: { code: "SignatureDoesNotMatch", status: 403 },
    json: { code: "SignatureDoesNotMatch", status: 400 },
  },
  unsigned: {
    ec2: { code: "MissingAuthenticationToken", status: 403 },
    query: { code: "MissingAuthenticationToken", status: 403 },
    s3: { code: "AccessDenied", status: 403 },
    json: { code: "MissingAuthenticationTokenException", status: 400 },
  },
  expired: {
    ec2: { code: "RequestExpired", status: 400 },
    query: { code: "ExpiredToken", status: 403 },
    s3: { code: "ExpiredToken", status: 400 },
    json: { code: "ExpiredTokenException", status: 400 },
  },
  skewed: {
    ec2: { code: "RequestExpired", status: 400 },
    query: { code: "RequestTimeTooSkewed", status: 403 },
    s3: { code: "RequestTimeTooSkewed", status: 403 },
    json: { code: "RequestTimeTooSkewed", status: 400 },
  },
  denied: {
    ec2: { code: "UnauthorizedOperation", status: 403 },
    query: { code: "AccessDenied", status: 403 },
    s3: { code: "AccessDenied", status: 403 },
    json: { code: "AccessDeniedException", status: 400 },
  },
  throttled: {
    ec2: { code: "RequestLimitExceeded", status: 503 },
    query: { code: "Throttling", status: 400 },
    s3: { code: "SlowDown", status: 503 },
    json: { code: "ThrottlingException", status: 400 },
  },
  unavailable: {
    ec2: { code: "Unavailable", status: 503 },
    query: { code: "ServiceUnavailable", status: 503 },
    s3: { code: "ServiceUnavailable", status: 503 },
    json: { code: "ServiceUnavailable", status: 503 },
  },
  broken: {
    ec2: { code: "InternalError", status: 500 },
    query: { code: "InternalFailure", status: 500 },
    s3: { code: "InternalError", status: 500 },
    json: { code: "InternalFailure", status: 500 },
  },
  badToken: {
    ec2: { code: "InvalidNextToken", status: 400 },
    query: { code: "InvalidParameterValue", status: 400 },
    s3: { code: "InvalidArgument", status: 400 },
    json: { code: "InvalidNextTokenException", status: 400 },
  },
  badParameter: {
    ec2: { code: "InvalidParameterValue", status: 400 },
    query: { code: "ValidationError", status: 400 },
    s3: { code: "InvalidArgument", status: 400 },
    json: { code: "ValidationException", status: 400 },
  },
  unknownOperation: {
    ec2: { code: "InvalidAction", status: 400 },
    query: { code: "InvalidAction", status: 400 },
    s3: { code: "NotImplemented", status: 501 },
    json: { code: "UnknownOperationException", status: 400 },
  },
} as const satisfies Readonly<Record<string, Words>>;

export type Trouble = keyof typeof vocabulary;

/** The service's own word for something that goes wrong. */
export function trouble(service: ServiceName, what: Trouble, message: string): AwsError {
  const { protocol } = serviceOf(service);
  const words =
    protocol === "rest-json" ? "json" : protocol === "rest-xml" ? (isS3(service) ? "s3" : "query") : protocol;
  const { code, status } = vocabulary[what][words];
  return new AwsError(code, status, message);
}
