import { hoursPerMonth } from "./prices.ts";
import { inRegion } from "./regions.ts";

// AWS list prices of EC2 in USD, us-east-1, without free tiers and discounts.

/**
 * Linux on demand, per hour. Source: the price list in Karpenter (`zz_generated.pricing_aws.go`), of 2026-07-20. A line holds
 * sizes (`1` is `xlarge`, `4` is `4xlarge`), then families of these sizes, each with the price of a `large`, to which its
 * sizes are in proportion, within 1 %; or, where they are not, with a price for every size. Bare metal is left out.
 */
const linuxHour = `
medium large 1 2 4 8 12 16 24 48: c8a .10777 c8g .07976 c8gb .1185 c8gd .09798 c8gn .1185 c9g .08694 c9gd .1068
medium large 1 2 4 8 12 16 24 48: m8a .12172 m8g .08976 m8gb .1455 m8gd .11532 m8gn .1455 m9g .09784 m9gd .1257
medium large 1 2 4 8 12 16 24 48: r8a .15976 r8g .11782 r8gb .18218 r8gd .14696 r8gn .1822 x8g .1954
large 1 2 4 8 12 16 24 32 48 96: c8i .09371 c8ib .13608 c8id .11088 c8in .13608 m8i .10584 m8ib .16708 m8id .13052
large 1 2 4 8 12 16 24 32 48 96: m8idb .19094 m8idn .19094 m8in .16708 r8i .13892 r8ib .2092 r8id .16632 r8idb .23447
large 1 2 4 8 12 16 24 32 48 96: r8idn .23447 r8in .2092
large 1 2 4 8 12 16 24: c5a .077 c5ad .086 m5 .096 m5a .086 m5ad .103 m5d .113 m5dn .136 m5n .119 r5 .126 r5a .113
large 1 2 4 8 12 16 24: r5ad .131 r5b .149 r5d .144 r5dn .167 r5n .149
medium large 1 2 4 8 12 16: c6g .068 c6gd .0768 c6gn .0864 c7g .0725 c7gd .0907 c7gn .1248 m6g .077 m6gd .0904
medium large 1 2 4 8 12 16: m7g .0816 m7gd .1068 r6g .1008 r6gd .1152 r7g .1071 r7gd .1361 x2gd .167
large 1 2 4 8 12 16 24 32: c6i .085 c6id .1008 c6in .1134 i4i .172 m6i .096 m6id .11865 m6idn .15912 m6in .13923
large 1 2 4 8 12 16 24 32: r6i .126 r6id .1512 r6idn .19539 r6in .17433
112: u-12tb1 .4875 u-18tb1 .73125 u-24tb1 .975 u-9tb1 .365625 u7i-6tb .280313 u7i-8tb .37375
large 1 2 4 8 12 16: c7i-flex .08479 c8i-flex .08902 m7i-flex .09576 m8i-flex .10055 r8i-flex .13197
large 1 2 4 8 12 16 24 48: c7i .08925 i7i .1888 i8g .1716 m7i .1008 r7i .1323
24: dl1 .273105 p3dn .65025 p4d .457451 p4de .571814
large 1 2 4 8 16: i3 .156 i4g .15444 im4gn .1819 r4 .133
nano micro small medium large 1 2: t2 .0928 t3 .0832 t3a .0752 t4g .0672
224: u7i-12tb .280317 u7in-16tb .402847 u7in-24tb .604311 u7in-32tb .805774
large 1 2 4 8: c3 .105 c4 .1 r3 .166
large 1 2 4 8 12 16 24 32 48: c6a .0765 m6a .0864 r6a .1134
medium large 1 2 4 8 12 16 24 32 48: c7a .10264 m7a .11592 r7a .15215
1 2 4 8: d2 .345 d3 .24972 i2 .4265
1 2 4 8 12 16 24 48: g5 1.006/1.212/1.624/2.448/5.672/4.096/8.144/16.288
1 2 4 8 12 16 24 48: g6 .8048/.9776/1.3232/2.0144/4.6016/3.3968/6.6752/13.3504
1 2 4 8 12 16 24 48: g6e 1.861/2.24208/3.00424/4.52856/10.4926/7.57719/15.0656/30.1312
48: p5en .659333 p6-b200 1.1868 p6-b300 1.4835
large 1 2 4 9 12 18 24: c5 .085 c5d .096
large 1 2 4 8 12: c8ine .1701 m8ine .20885
4 8 16: g3 .1425 hpc7g 1.6832/1.6832/1.6832
1 2 4 8 16: g4ad .37853/.54117/.867/1.734/3.468 g5g .42/.556/.828/1.372/2.744
2 4 8 12 24 48: g7 2.52/3.04208/4.08624/7.12832/14.2566/28.5133 g7e 3.36312/3.99816/5.26824/8.28608/16.5722/33.1443
large 1 2 3 6 12 18 24 48: i7ie .2599 i8ge .2373
large 1 2 3 6 12: m5zn .1652 z1d .186
medium large 1 2 4: a1 .051
medium 1: c1 .26
large 1 2 4 9 18: c5n .108
8: cr1 .21875
1 2 4 6 8 12: d3en .262875
2 4 16: f1 .4125
6 12 48: f2 .165
2 8: g2 .1625
1: g3s .375
1 2 4 8 12 16: g4dn .526/.752/1.204/2.176/3.912/4.352
large 1 2 4: g6f .202/.2375/.475/.95
4 8: gr6 1.5392/2.4464
4: gr6f .13325
2 4 8 16: h1 .117
large 1 2 3 6 12 24: i3en .226
1 2 6 24: inf1 .228/.362/1.18/4.721
1 8 24 48: inf2 .7582/1.96786/6.49063/12.9813
medium large 1 2 4 8: is4gen .28815
small medium large 1: m1 .175
1 2 4: m2 .1225
medium large 1 2: m3 .133
large 1 2 4 10 16: m4 .1
medium large 1 3 6 12 24: m8azn .20646
1 8 16: p2 .45
2 8 16: p3 .765
4 48: p5 6.88/55.04
large 1 2 4 8 12 16 32: r7iz .186
micro: t1 .16
2 32: trn1 .335938
32: trn1n .387188
56: u-3tb1 .24375
56 112: u-6tb1 46.4039/54.6
3 6 24: vt1 .108333
16 32: x1 .208406
1 2 4 8 16 32: x1e .417
16 24 32: x2idn .208406
1 2 4 8 16 24 32: x2iedn .416815
2 4 6 8 12: x2iezn .417
large 1 2 4 8 12 16 24 32 48 64 96:
large 1 2 4 8 12 16 24 32 48 64 96: x8i .21883/.43766/.87532/1.75064/3.50128/5.25192/7.00256/10.5038/14.0051/21.0077/28.0102/48.7444
`;

interface Family {
  /** As in the list, the smallest first. */
  readonly sizes: readonly string[];
  readonly prices: readonly number[];
}

const families: ReadonlyMap<string, Family> = new Map(linuxHour.trim().split("\n").flatMap(familiesIn));

function familiesIn(line: string): [name: string, family: Family][] {
  const [sizes = "", list = ""] = line.split(": ");
  return [...list.matchAll(/(\S+) (\S+)/g)].map(([, name = "", prices = ""]) => [
    name,
    { sizes: sizes.split(" ").map(sizeOf), prices: prices.split("/").map(Number) },
  ]);
}

function sizeOf(code: string): string {
  if (code === "1") return "xlarge";
  return /^\d/.test(code) ? `${code}xlarge` : code;
}

/** How many `large` a size is. */
function weightOf(size: string): number {
  const below = ["large", "medium", "small", "micro", "nano"].indexOf(size);
  return below >= 0 ? 1 / 2 ** below : 2 * (Number.parseInt(size, 10) || 1);
}

function find(instanceType: string): { readonly family: string; readonly at: number } & Family {
  const [family = "", size = ""] = instanceType.split(".");
  const { sizes, prices } = families.get(family) ?? { sizes: [], prices: [] };
  return { family, sizes, prices, at: sizes.indexOf(size) };
}

/** USD per month of an instance that runs Linux on demand, not rounded; null for a type that is not in the list. */
export function instanceMonthlyUsd(instanceType: string, region: string): number | null {
  const { sizes, prices, at } = find(instanceType);
  const [size, first = 0] = [sizes[at], prices[0]];
  if (size === undefined) return null;
  const hour = prices.length > 1 ? (prices[at] ?? 0) : first * weightOf(size);
  return inRegion(hour * hoursPerMonth, region);
}

/** The next smaller type of the family; null for the smallest, and for a type that is not in the list. */
export function nextSmallerType(instanceType: string): string | null {
  const { family, sizes, at } = find(instanceType);
  const smaller = sizes[at - 1];
  return smaller === undefined ? null : `${family}.${smaller}`;
}

/** USD per NAT gateway and hour, us-east-1. Source: Infracost's golden tests at 95ba4f4. */
const natGatewayHour = 0.045;

/** USD per month of a NAT gateway in one zone, without its addresses and its traffic, not rounded. */
export const natGatewayMonthlyUsd = (region: string): number | null => inRegion(natGatewayHour * hoursPerMonth, region);
