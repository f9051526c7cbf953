import { z } from "@hono/zod-openapi";
import { knownRegions } from "#aws/regions";
import { AnyCase, commaList, listOf } from "#http/shapes";
import { uuidPattern } from "#lib/id";
import { serviceWords } from "./services.ts";

const pattern = new RegExp(`${uuidPattern.source}|^\\d{12}$`);
export const exampleAccountId = "0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80";

/** An account by its UUID or its 12 digits. */
export const AccountRef = z
  .string()
  .toLowerCase()
  .regex(pattern, "An account is named by its UUID or by its 12 digits.")
  .openapi({ description: "UUID or the 12 digits of the AWS account.", example: exampleAccountId });

export const accountList = listOf(pattern, "a UUID or 12 digits", exampleAccountId, AnyCase);
export const regionList = commaList<string>([...knownRegions, "global"], "eu-west-1");
export const serviceList = commaList<string>(serviceWords, "ec2");
