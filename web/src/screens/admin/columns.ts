/**
 * The columns that lists of people may have, with an example to fill in. Headers and words are those of the mappings that come with Quell; the
 * journey of imports hands the examples in, so that none is shown that the server does not read.
 */
import type { Text } from "../../words/language";

/** One column: its header and an example, Chinese and English. */
export interface Col {
  head: Text;
  example: Text;
  must?: boolean;
  /** When it is needed, or what it takes. */
  note?: Text;
}

const both = (s: string): Text => [s, s];
const may = (head: Text, example: Text, note?: Text): Col => ({ head, example, ...(note ? { note } : {}) });
const must = (head: Text, example: Text, note?: Text): Col => ({ ...may(head, example, note), must: true });

/** Stands for the place of who looks: the example names a place that is there. */
export const OWN_PLACE = "{place}";

const n = {
  code: ["户、楼栋、小区等地点的代码，见“地点”", "code of a household or another listed place: see Places"],
  home: ["新人员须填，或在上面选择统一归入的地点", "needed for someone new, or choose above where such people live"],
  several: ["多项用分号隔开", "several with ; between"],
  known: ["须已在台账中", "in the book already"],
  external: ["再次导入时据此认出同一人", "by it the same record is known again"],
  venue: ["场所和车次填一项", "a place or a vehicle, not both"],
  tube: ["本系统的管号；没有时按姓名和采样时间查找", "the tube of this book; without it name and day of sampling are looked for"],
} satisfies Record<string, Text>;

const WHO: readonly Col[] = [
  must(["姓名", "Full name"], ["示例甲", "Example A"]),
  may(["性别", "Sex"], ["女", "female"]),
  may(["出生日期", "Date of birth"], both("1990-01-02")),
  may(["身份证号", "Identity number"], both("11010519491231002X")),
  may(["联系电话", "Telephone"], both("13800000000")),
  may(["户编码", "Home place"], both(OWN_PLACE), n.home),
];

/** By kind of list. A kind that is not here has columns of its own (`linelist`). */
export const COLUMNS: Readonly<Record<string, readonly Col[]>> = {
  people: [
    must(["姓名", "Full name"], ["示例甲", "Example A"]),
    may(["性别", "Sex"], ["女", "F"]),
    may(["出生日期", "Date of birth"], both("1949-12-31")),
    may(["身份证号", "Identity number"], both("11010519491231002X")),
    may(["联系电话", "Telephone"], both("13800000000")),
    must(["户编码", "Place code"], both(OWN_PLACE), n.code),
    may(["职业", "Occupation"], ["学生", "student"]),
    may(["人群标签", "Tags"], ["独居；血透", "lives_alone;dialysis"], n.several),
  ],
  places: [
    must(["地点编码", "Place code"], both(`${OWN_PLACE}.example`)),
    must(["类别", "Kind"], ["街道", "township"]),
    must(["名称", "Name"], both("示例街道")),
    may(["英文名称", "English name"], both("Example Subdistrict")),
  ],
  cases: [
    may(["病例编号", "Case number"], both("EX-001")),
    ...WHO,
    may(["病例分类", "Classification"], ["确诊病例", "confirmed"]),
    may(["临床严重程度", "Severity"], ["轻型", "mild"]),
    may(["发病日期", "Date of onset"], both("2022-11-20")),
    may(["确诊日期", "Found"], both("2022-11-22 08:30")),
    may(["发现途径", "How found"], ["门诊就诊", "clinic"]),
    may(["社会面或管控", "Control"], ["社会面", "community_found"]),
    may(["备注", "Remarks"], ["示例", "example"]),
  ],
  contacts: [
    may(["来源编号", "External id"], both("EX-C-001"), n.external),
    may(["病例编号", "Case number"], both("EX-001"), n.known),
    ...WHO,
    may(["接触者类别", "Category"], ["密接", "close"]),
    may(["首次接触时间", "First exposure"], both("2022-11-20 12:00")),
    must(["末次接触时间", "Last exposure"], both("2022-11-21 18:00")),
    may(["接触场所", "Context"], ["家庭", "household"]),
    may(["与病例关系", "Relation"], ["同住", "lives together"]),
  ],
  links: [
    must(["来源病例编号", "Source number"], both("EX-001"), n.known),
    must(["对象编号", "Target number"], both("EX-002"), n.known),
    may(["接触日期", "Date of contact"], both("2022-11-20")),
    may(["传播场景", "Context"], ["聚餐", "meal"]),
    may(["确定程度", "Certainty"], ["高", "high"]),
  ],
  followups: [
    must(["密接编号", "External id"], both("EX-C-001"), n.known),
    may(["姓名", "Full name"], ["示例甲", "Example A"]),
    must(["随访时间", "Time"], both("2022-11-23 09:00")),
    must(["随访结果", "Outcome"], ["无异常", "seen_ok"]),
    may(["体温", "Temperature"], both("36.5")),
    may(["症状", "Symptoms"], both(""), n.several),
    may(["备注", "Remarks"], ["示例", "example"]),
  ],
  results: [
    must(["采样管编号", "Tube"], both("EX00000001"), n.tube),
    ...WHO,
    may(["检测机构", "Laboratory"], ["示例实验室", "Example laboratory"]),
    may(["采样时间", "Sampled"], both("2022-11-23 09:00")),
    may(["检测时间", "Result time"], both("2022-11-23 17:30")),
    must(["检测结果", "Result"], ["阴性", "negative"]),
  ],
  checkins: [
    must(["身份证号", "Identity number"], both("11010519491231002X"), n.known),
    may(["场所编码", "Place"], both(OWN_PLACE), n.venue),
    may(["车次", "Vehicle"], both(""), n.venue),
    must(["进入时间", "Check in"], both("2022-11-23 09:00")),
    may(["离开时间", "Check out"], both("2022-11-23 10:30")),
    may(["座位", "Seat"], both("")),
  ],
  members: [
    must(["班级编码", "Group code"], both("EX-CLASS-1")),
    may(["班级名称", "Group name"], ["示例班", "Example class"]),
    must(["类别", "Kind"], ["班级", "class"]),
    must(["身份证号", "Identity number"], both("11010519491231002X"), n.known),
    may(["开始日期", "Since"], both("2022-09-01")),
  ],
  teams: [
    must(["小组编码", "Team code"], both("EX-TEAM-1")),
    must(["小组名称", "Team name"], ["示例小组", "Example team"]),
    must(["负责地点", "Places"], both(OWN_PLACE), n.several),
    must(["每日可访人数", "Capacity"], both("40")),
    may(["成员", "Members"], both(""), n.several),
  ],
};

const cell = (s: string): string => (/[",;\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);

/** The example as a CSV file: the headers and one row. Excel reads the Chinese of a file that begins with a byte order mark. */
export function exampleOf(kind: string, language: "zh" | "en", place: string): string {
  const i = language === "zh" ? 0 : 1;
  const columns = COLUMNS[kind] ?? [];
  const line = (of: (c: Col) => string): string => columns.map((c) => cell(of(c).replace(OWN_PLACE, place))).join(",");
  return `\ufeff${line((c) => c.head[i])}\r\n${line((c) => c.example[i])}\r\n`;
}
