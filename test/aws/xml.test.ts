import fc from "fast-check";
import { describe, it } from "vitest";
import { listAt, textAt } from "#aws/answer";
import { decodeAnswer, decodeError } from "#aws/decode";
import { decodeXml } from "#aws/xml";
import { fakeAws, xml } from "./fake-aws.ts";

const reply = (body: string, status = 200, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  body,
});
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const volumes = { service: "ec2", action: "DescribeVolumes" } as const;

describe("XML", () => {
  it("keeps numbers as the text they are", ({ expect }) => {
    expect(decodeXml("<R><id>0123</id><n>1e5</n><b>true</b></R>").content).toEqual({ id: "0123", n: "1e5", b: "true" });
  });

  it("decodes named and numeric entities, each once", ({ expect }) => {
    const { content } = decodeXml(
      "<R><t>a&amp;b &#65;&#x1F600; &lt;&gt;&quot;&apos; &amp;#65; &amp;amp; &unknown;</t></R>",
    );
    expect(textAt(content, "t")).toBe("a&b A😀 <>\"' &#65; &amp; &unknown;");
  });

  it("gives any text back as it was written", ({ expect }) => {
    const printable = fc
      .string({ unit: "grapheme" })
      .filter((text) => text === text.trim() && text !== "" && !/[\r\n\t]/.test(text));
    fc.assert(
      fc.property(printable, (text) => textAt(decodeXml(`<R><t>${escaped(text)}</t></R>`).content, "t") === text),
      { numRuns: 2_000 },
    );
    expect.assertions(0);
  });

  it("decodes item, member and the named lists to lists, be there none, one or many", ({ expect }) => {
    const content = (inner: string) => decodeXml(`<R><set>${inner}</set></R>`, ["Bucket"]).content;
    expect(content("<item><a>1</a></item>")).toEqual({ set: { item: [{ a: "1" }] } });
    expect(content("<member>x</member><member>y</member>")).toEqual({ set: { member: ["x", "y"] } });
    expect(content("<Bucket/>")).toEqual({ set: { Bucket: [""] } });
    expect(listAt(content(""), "set.item")).toEqual([]);
    expect(listAt(content("<item>1</item>"), "set.item")).toEqual(["1"]);
    expect(listAt(content("<other>1</other>"), "set.other")).toEqual(["1"]);
    expect(listAt(undefined, "set.item")).toEqual([]);
  });

  it("joins lists on the way", ({ expect }) => {
    const text =
      "<R><r><item><i><item>1</item><item>2</item></i></item><item><i/></item><item><i><item>3</item></i></item></r></R>";
    expect(listAt(decodeXml(text).content, "r.item.i.item")).toEqual(["1", "2", "3"]);
  });

  it("refuses a DOCTYPE, and with it every entity bomb", ({ expect }) => {
    const bomb = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><R>&b;</R>';
    expect(() => decodeXml(bomb)).toThrow(SyntaxError);
    expect(() => decodeXml('<!doctype R SYSTEM "file:///etc/passwd"><R/>')).toThrow(SyntaxError);
  });

  it("refuses more than 64 levels and takes 60", ({ expect }) => {
    const deep = (levels: number) => "<a>".repeat(levels) + "</a>".repeat(levels);
    expect(() => decodeXml(deep(60))).not.toThrow();
    for (const levels of [70, 5_000, 200_000]) expect(() => decodeXml(deep(levels))).toThrow(SyntaxError);
  });

  it("refuses what is not one well-formed element", ({ expect }) => {
    for (const text of ["", "text", "<a>", "<a></b>", "<a/><b/>", "<a><b></a></b>", "<a x=1>"]) {
      expect(() => decodeXml(text), text).toThrow(SyntaxError);
    }
  });

  it("does not let element names reach a prototype", ({ expect }) => {
    const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
    for (const name of names) {
      try {
        decodeXml(`<R><${name}><polluted>1</polluted></${name}></R>`);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  // In a time that grows otherwise it would not end.
  it("reads 3 MB of entities in time that grows with the text only", ({ expect }) => {
    const text = "&amp;&#65;".repeat(320_000);
    expect(textAt(decodeXml(`<R><t>${text}</t></R>`).content, "t")).toHaveLength(640_000);
  });
});

describe("an answer", () => {
  it("is unwrapped as its protocol wraps it", ({ expect }) => {
    const users =
      "<ListUsersResponse><ListUsersResult><Users/></ListUsersResult><ResponseMetadata/></ListUsersResponse>";
    expect(decodeAnswer({ service: "iam", action: "ListUsers" }, reply(users))).toEqual({ Users: "" });
    const ec2 =
      '<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><volumeSet/></DescribeVolumesResponse>';
    expect(decodeAnswer(volumes, reply(ec2))).toEqual({ volumeSet: "" });
    const s3 = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    expect(decodeAnswer({ service: "s3", action: "GetBucketVersioning" }, reply(s3))).toEqual({ Status: "Enabled" });
    expect(decodeAnswer({ service: "s3", action: "GetBucketPolicy" }, reply('{"Statement":[]}'))).toEqual({
      Statement: [],
    });
    expect(decodeAnswer({ service: "acm", action: "X" }, reply('{"A":1}'))).toEqual({ A: 1 });
  });

  it("names its error in every protocol's way", ({ expect }) => {
    const code = (body: string, headers = {}) => decodeError(reply(body, 400, headers)).code;
    expect(code("<Response><Errors><Error><Code>A</Code></Error></Errors></Response>")).toBe("A");
    expect(code("<ErrorResponse><Error><Type>Sender</Type><Code>B</Code></Error></ErrorResponse>")).toBe("B");
    expect(code("<Error><Code>C</Code><Message>m</Message></Error>")).toBe("C");
    expect(code('{"__type":"com.amazonaws.acm#D","message":"m"}')).toBe("D");
    expect(code("{}", { "x-amzn-errortype": "E:http://internal.amazon.com/" })).toBe("E");
    expect(code("<html>gateway")).toBe("Http400");
    expect(code("")).toBe("Http400");
  });

  it("that cannot be read is broken and quotes nothing of itself", async ({ expect }) => {
    const { caller, requests } = fakeAws(() => xml("<R><SecretAccessKey>hush</R>"));
    const fault: unknown = await caller.call(volumes).catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: "broken", code: "UNREADABLE_ANSWER" });
    expect(fault).not.toHaveProperty("cause");
    expect(requests).toHaveLength(1);
  });

  it("larger than 8 MiB is broken, announced or not, and not asked for again", async ({ expect }) => {
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    let sent = 0;
    const endless = () =>
      new Response(
        new ReadableStream<Uint8Array>(
          { pull: (stream) => ((sent += 1), stream.enqueue(chunk)) },
          { highWaterMark: 0 },
        ),
      );
    const announced = () => new Response("<R/>", { headers: { "content-length": "9000000" } });
    for (const answer of [endless, announced]) {
      const { caller, requests } = fakeAws(answer);
      await expect(caller.call(volumes)).rejects.toMatchObject({ kind: "broken", code: "ANSWER_TOO_LARGE" });
      expect(requests).toHaveLength(1);
    }
    expect(sent).toBeLessThan(12);
  });
});
