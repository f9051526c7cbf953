import { textAt } from "./answer.ts";
import type { Operation } from "./caller.ts";
import { serviceOf } from "./services.ts";
import { decodeXml } from "./xml.ts";

/** An HTTP answer, read whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const isJson = (reply: Reply): boolean =>
  (reply.headers.get("content-type") ?? "").includes("json") || /^\s*[[{]/.test(reply.body);

const parseJson = (text: string): unknown => (text.trim() === "" ? {} : (JSON.parse(text) as unknown));

/**
 * The answer a collector reads: the result element unwrapped (`XResponse/XResult` for query, `XResponse` for EC2, the root
 * for REST-XML), or the JSON. Throws a `SyntaxError` when it is neither.
 */
export function decodeAnswer(operation: Operation, reply: Reply): unknown {
  const { protocol } = serviceOf(operation.service);
  if (!protocol.endsWith("xml") && protocol !== "ec2" && protocol !== "query") return parseJson(reply.body);
  if (reply.body.trim() === "") return "";
  if (protocol === "rest-xml" && isJson(reply)) return parseJson(reply.body);
  const { content } = decodeXml(reply.body, operation.lists);
  const result = `${operation.action}Result`;
  const wrapped =
    protocol === "query" && typeof content === "object" && content !== null && Object.hasOwn(content, result);
  // safe: `wrapped` has just seen that it is an object with that member.
  return wrapped ? (content as Record<string, unknown>)[result] : content;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** `com.amazonaws.acm#ResourceNotFoundException:http://…` → `ResourceNotFoundException`. */
const bareCode = (text: string): string => text.replace(/^.*#/, "").replace(/:.*$/, "");

function jsonError(reply: Reply): Partial<ErrorAnswer> {
  const body = parseJson(reply.body);
  const code = reply.headers.get("x-amzn-errortype") ?? textAt(body, "__type") ?? textAt(body, "code");
  const message = textAt(body, "message") ?? textAt(body, "Message") ?? "";
  return code === undefined ? { message } : { code: bareCode(code), message };
}

/** EC2: `Response/Errors/Error`; query: `ErrorResponse/Error`; S3: `Error`. */
function xmlError(reply: Reply): Partial<ErrorAnswer> {
  const { name, content } = decodeXml(reply.body);
  const at = name === "Error" ? "" : textAt(content, "Error.Code") === undefined ? "Errors.Error." : "Error.";
  const code = textAt(content, `${at}Code`);
  const message = textAt(content, `${at}Message`) ?? "";
  return code === undefined ? { message } : { code, message };
}

/** The error of an answer that is not a 2xx. What cannot be read has the code `Http<status>`. */
export function decodeError(reply: Reply): ErrorAnswer {
  const nameless = { status: reply.status, code: `Http${reply.status}`, message: "" };
  try {
    return { ...nameless, ...(isJson(reply) ? jsonError(reply) : xmlError(reply)) };
  } catch {
    return nameless;
  }
}
