//! What can be wrong with a file, in words: messages of the reader of TOML and of what checks values, in Chinese and English.

use quell_response::policy::plain;

/// What is wrong, and what to do, in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Words {
    wrong: (String, String),
    advice: Vec<(String, String)>,
    /// The field that is not known, and like none that is known in its place.
    pub unknown: Option<String>,
}

impl Words {
    /// What is wrong.
    pub(crate) fn new(zh: &str, en: &str) -> Self {
        Self { wrong: (zh.to_owned(), en.to_owned()), ..Self::default() }
    }
    /// And what to do.
    pub(crate) fn and(mut self, zh: &str, en: &str) -> Self {
        self.advice.push((zh.to_owned(), en.to_owned()));
        self
    }
    /// In Chinese.
    pub(crate) fn zh(&self) -> String {
        self.advice.iter().fold(self.wrong.0.clone(), |text, (zh, _)| format!("{text}{}{zh}", if text.ends_with('？') { "" } else { "；" }))
    }
    /// In English.
    pub(crate) fn en(&self) -> String {
        self.advice.iter().fold(self.wrong.1.clone(), |text, (_, en)| format!("{text}{} {en}", if text.ends_with('?') { "" } else { ";" }))
    }
}

/// What a file is expected to have somewhere, English and Chinese.
const EXPECTED: [(&str, &str); 9] = [
    ("a whole number from 0 to 255", " 0 至 255 的整数"),
    ("a whole number, 0 or above", "不小于 0 的整数"),
    ("a whole number", "整数"),
    ("a number", "数"),
    ("true or false", " true 或 false"),
    ("text", "加英文双引号的文字"),
    ("a list", "列表"),
    ("a table", "表"),
    ("string or table", "加英文双引号的词"),
];

/// What it has instead: how the reader calls it, English, Chinese.
const THERE: [(&str, &str, &str); 6] = [
    ("string ", "the text ", "文字 "),
    ("integer ", "", "整数 "),
    ("floating point ", "", "小数 "),
    ("boolean ", "", ""),
    ("sequence", "a list", "列表"),
    ("map", "a table", "表"),
];

/// Faults of TOML itself: how the message begins, then what is wrong and what to do, in Chinese and English.
const SYNTAX: [(&str, [&str; 4]); 18] = [
    ("duplicate key", ["这一项或表出现了两次", "this is there twice", "删去一处", "remove one"]),
    ("unclosed table", ["表头缺少右方括号", "the name of a table lacks its bracket", "写作 [表名]", "write [name]"]),
    ("unclosed array table", ["表头缺少右方括号", "the name of a table lacks its brackets", "写作 [[表名]]", "write [[name]]"]),
    ("unclosed array", ["列表缺少右方括号", "a list is not closed", "补上 ]", "add ]"]),
    ("unclosed inline table", ["表缺少右花括号", "a table is not closed", "补上 }", "add }"]),
    ("key with no value", ["缺少等号和值", "there is no = with a value", "写作 名称 = 值", "write name = value"]),
    ("missing value for key", ["等号后没有值", "there is no value behind the =", "写作 名称 = 值", "write name = value"]),
    ("missing assignment", ["缺少等号", "there is no =", "写作 名称 = 值", "write name = value"]),
    (
        "string values must be quoted",
        [
            "等号后没有值，或文字没有加英文双引号",
            "there is no value behind the =, or text without quotes",
            "文字写作 \"…\"，是否写作 true 或 false",
            "write text in quotes, yes and no as true and false",
        ],
    ),
    ("invalid boolean", ["不是 true 或 false", "this is neither true nor false", "文字要加英文双引号", "text stands in quotes"]),
    (
        "invalid basic string",
        [
            "文字的双引号没有成对，或含反斜杠",
            "text lacks its second quote, or has a backslash",
            "写作 \"…\"，反斜杠写两次",
            "close the quote, and write a backslash twice",
        ],
    ),
    ("invalid literal string", ["文字的单引号没有成对", "text lacks its second quote", "写作 '…'", "close the quote"]),
    (
        "unexpected key or value",
        [
            "同一行里多了内容",
            "there is more on the line than one field",
            "一行只写一项；小数点用“.”，不用逗号",
            "one field a line; a decimal point is no comma",
        ],
    ),
    (
        "invalid unquoted key",
        [
            "名称里有不允许的字符",
            "a name has characters that it cannot have",
            "名称只用字母、数字、- 和 _；其他字符要加英文双引号",
            "letters, digits, - and _ only; others stand in quotes",
        ],
    ),
    (
        "invalid mantissa",
        ["数字不完整", "a number is not whole", "小数点前后都要有数字，如 0.5", "digits stand before and behind the point, as in 0.5"],
    ),
    ("invalid float", ["数字写法不对", "this is no number", "如 0.5", "write 0.5, for instance"]),
    ("unexpected leading zero", ["数字不能以 0 开头", "no number begins with 0", "删去前面的 0", "remove the zeros before it"]),
    ("missing comma", ["各项之间缺少逗号", "there is no comma between two entries", "用英文逗号隔开", "put one between them"]),
];

/// Rules of values: how a policy says them, what is wrong in Chinese and in English.
const RULES: [(&str, &str); 12] = [
    ("a share lies between 0 and 1", "比例须在 0 与 1 之间"),
    ("must be a number that is not negative", "须为不小于 0 的数"),
    ("must be above 0", "须大于 0"),
    ("must be above 0 and at most 1,000,000", "须大于 0，且不超过 1,000,000"),
    ("lies between 0 and 1,000", "须在 0 与 1,000 之间"),
    ("lies between 1 and 3,650", "须在 1 与 3,650 之间"),
    ("1 to 20 people share a tube", "一管 1 至 20 人"),
    ("at most 30 times", "最多 30 次"),
    ("at least one setting", "至少一个场所"),
    ("a status of the disease's file, from 1", "须为疾病文件中的接种状态，从 1 起"),
    ("lies between 1 and 5", "须在 1 与 5 之间"),
    ("each is [from, to], the younger age first", "每项须为 [起, 止]，小的年龄在前"),
];

/// Rules of a disease: how it says them, in Chinese, and the keys that it is about.
const OF_DISEASE: [(&str, &str, &[&str]); 19] = [
    (
        "a distribution has no finite mean and standard deviation, or a negative one",
        "分布的均值和标准差须为数，且不为负",
        &["incubation", "peak_after_onset", "rise", "fall", "peak_load", "severe_after_onset", "death_after_onset"],
    ),
    (
        "a distribution has a mean or a standard deviation beyond 10,000",
        "分布的均值和标准差不能超过 10,000",
        &["incubation", "peak_after_onset", "rise", "fall", "peak_load", "severe_after_onset", "death_after_onset"],
    ),
    ("reproduction is between 0 and 100", "再生数须在 0 与 100 之间", &["reproduction"]),
    ("household_attack is a share below 1", "家庭续发率须不小于 0 且小于 1", &["household_attack"]),
    ("household_exponent is between -10 and 10", "须在 -10 与 10 之间", &["household_exponent"]),
    (
        "a dispersion is above 0 and at most 10,000, or inf: all alike",
        "离散参数须大于 0，且不超过 10,000；inf 表示人人相同",
        &["dispersion", "dispersion_home"],
    ),
    ("earliest is between 0 and 10,000 days", "须在 0 与 10,000 天之间", &["earliest"]),
    (
        "a load is between -20 and 20, log10 copies per millilitre",
        "载量（每毫升拷贝数的常用对数）须在 -20 与 20 之间",
        &["detectable_load", "infectious_load"],
    ),
    ("ct_of_one is between 0 and 200", "须在 0 与 200 之间", &["ct_of_one"]),
    ("ct_per_log is above 0 and at most 20", "须大于 0，且不超过 20", &["ct_per_log"]),
    ("asymptomatic_infectiousness is a share", "须为 0 与 1 之间的比例", &["asymptomatic_infectiousness"]),
    ("shares by age lie between 0 and 1", "各年龄的比例须在 0 与 1 之间", &["asymptomatic", "severe", "death"]),
    ("susceptibility lies between 0 and 1", "易感性须在 0 与 1 之间", &["by_age"]),
    ("cross has a row and a column for each variant, shares", "交叉保护须每个毒株一行一列，均为 0 与 1 之间的比例", &["cross"]),
    ("half_life is above 0, refractory not below", "half_life 须大于 0，refractory 不能为负", &["half_life", "refractory"]),
    (
        "at most 7 vaccination statuses, of shares",
        "接种状态最多 7 种，覆盖率与保护率须在 0 与 1 之间",
        &["coverage", "infection", "onward", "severe"],
    ),
    ("a vaccination's half_life is above 0, its elapsed not below", "half_life 须大于 0，elapsed 不能为负", &["half_life", "elapsed"]),
    ("intensities are between 0 and 1,000,000", "强度须在 0 与 1,000,000 之间", &["unit", "school", "work", "care", "market", "travel"]),
    ("a disease has 1 to 16 variants", "毒株须为 1 至 16 个", &["variants"]),
];

/// Rules of a population's file: how it says them, in Chinese.
const OF_POPULATION: [(&str, &str); 4] = [
    ("people: between 1 and 4,294,967,294", "须在 1 与 4,294,967,294 之间"),
    ("townships: either a list or a pattern", "townships 与 pattern 须有且只有一项"),
    ("pattern: people and townships", "须写明 people（大于 0）和 townships（至少一个）"),
    ("area_km2: above 0", "须大于 0"),
];

/// What a message of the reader of TOML says.
pub(crate) fn of_message(english: &str) -> Words {
    let english = &plain(english.trim());
    let quoted: Vec<&str> = english.split('`').skip(1).step_by(2).collect();
    if let (Some(name), true) = (quoted.first(), english.starts_with("unknown field ")) {
        let words = Words::new(&format!("没有名为“{name}”的项"), &format!("there is no field \"{name}\""));
        let words = with_known(words, name, &quoted[1..]);
        // One that is meant for this table belongs to no other.
        let unknown = nearest(name, &quoted[1..]).is_none().then(|| (*name).to_owned());
        return Words { unknown, ..words };
    }
    if let (Some(name), true) = (quoted.first(), english.starts_with("unknown variant ")) {
        let words = Words::new(&format!("没有“{name}”这个值"), &format!("there is no value \"{name}\" here"));
        return with_known(words, name, &quoted[1..]);
    }
    if let (Some(name), true) = (quoted.first(), english.starts_with("missing field ")) {
        return Words::new(&format!("缺少“{name}”"), &format!("\"{name}\" is missing")).and("请补上", "add it");
    }
    if let Some(words) = of_wrong_kind(english).or_else(|| of_wrong_length(english)) {
        return words;
    }
    if let Some(wanted) = english.strip_prefix("wanted ") {
        let (zh, en) = if wanted == "string or table" { ("加英文双引号的词", "a word in quotes") } else { (wanted, wanted) };
        return Words::new(&format!("类型不对：此处须为{zh}"), &format!("wrong kind of value: {en} is needed here"));
    }
    match SYNTAX.iter().find(|(begin, _)| english.starts_with(begin)) {
        Some((_, [zh, en, do_zh, do_en])) => Words::new(zh, en).and(do_zh, do_en),
        None => Words::new(&format!("不能读：{english}"), &format!("cannot be read: {english}")),
    }
}

/// Adds the nearest of the known words, and all of them.
pub(crate) fn with_known(words: Words, name: &str, known: &[&str]) -> Words {
    let words = match nearest(name, known) {
        Some(near) => words.and(&format!("是否应为“{near}”？"), &format!("did you mean \"{near}\"?")),
        None => words,
    };
    if known.is_empty() {
        return words.and("此处不能再有其他项，请删去", "nothing else can stand here: remove it");
    }
    let list = known.join(", ");
    words.and(&format!("可用：{list}"), &format!("there are {list}"))
}

/// A value of a wrong kind, or beyond what its kind holds.
fn of_wrong_kind(english: &str) -> Option<Words> {
    let begin = ["invalid type: ", "invalid value: "].into_iter().find_map(|b| english.strip_prefix(b))?;
    let (there, expected) = begin.rsplit_once(", expected ")?;
    let expected_zh = EXPECTED.iter().find(|(en, _)| *en == expected.trim()).map_or(expected, |(_, zh)| zh);
    let there = there.replace('`', "").replace(" as i128", "");
    let known =
        THERE.iter().find_map(|(begin, en, zh)| there.strip_prefix(begin).map(|rest| (format!("{zh}{rest}"), format!("{en}{rest}"))));
    let (there_zh, there_en) = known.unwrap_or_else(|| (there.clone(), there.clone()));
    // A number of the right kind that is too small or too large.
    let out = english.starts_with("invalid value: integer") || there_zh.starts_with("整数") && expected.contains("whole");
    let (zh, en) = if out { ("数值超出范围", "the number is out of range") } else { ("类型不对", "wrong kind of value") };
    Some(Words::new(&format!("{zh}：此处须为{expected_zh}，而不是{there_zh}"), &format!("{en}: {expected} is needed here, not {there_en}")))
}

/// A list of a wrong length.
fn of_wrong_length(english: &str) -> Option<Words> {
    let (there, expected) = english.strip_prefix("invalid length ")?.split_once(", expected an array of length ")?;
    Some(Words::new(
        &format!("此处须有 {expected} 个值，现有 {there} 个"),
        &format!("{expected} values are needed here, there are {there}"),
    ))
}

/// What a policy says of an impossible value: `rule` is what is wrong with it.
pub(crate) fn of_policy(rule: &str) -> Words {
    let zh = RULES.iter().find(|(en, _)| *en == rule).map_or(rule, |(_, zh)| zh);
    Words::new(zh, rule)
}

/// What a disease says of an impossible value, and the keys that it is about.
pub(crate) fn of_disease(rule: &str) -> (Words, &'static [&'static str]) {
    match OF_DISEASE.iter().find(|(en, _, _)| rule.ends_with(en) || rule.starts_with(en)) {
        Some((_, zh, keys)) => (Words::new(zh, rule), keys),
        None => (Words::new(&format!("不能用：{rule}"), rule), &[]),
    }
}

/// What a population says of an impossible value, and the field that it is about.
pub(crate) fn of_population(rule: &str) -> (Words, &str) {
    let (field, what) = rule.split_once(": ").unwrap_or(("", rule));
    let zh = OF_POPULATION.iter().find(|(en, _)| *en == rule).map_or_else(|| format!("不能用：{what}"), |(_, zh)| (*zh).to_owned());
    (Words::new(&zh, what), field)
}

/// The word among some that is nearest to one: at most a third of its letters, and three, are other ones.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let most = (name.chars().count() / 3).clamp(1, 3);
    let near = known.iter().map(|k| (edits(name, k), *k)).min_by_key(|(n, _)| *n).filter(|(n, _)| *n <= most);
    // A beginning that only one word has.
    let begin = || {
        let mut all = known.iter().filter(|k| name.chars().count() >= 3 && (k.starts_with(name) || name.starts_with(**k)));
        all.next().copied().filter(|_| all.next().is_none())
    };
    // Its first part, as that of a name with a year or a variant behind it.
    let part = || {
        let near = known.iter().filter_map(|k| Some((edits(name, k.split_once('-')?.0), *k))).min_by_key(|(n, _)| *n);
        near.filter(|(n, _)| *n <= most)
    };
    near.map(|(_, k)| k).or_else(begin).or_else(|| part().map(|(_, k)| k))
}

/// How many letters must be put in, taken away, changed or swapped with the next (Damerau 1964, Communications of the ACM 7:171).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["every_days", "from_cases", "chase", "area", "pool"];
        assert_eq!(nearest("evry_days", &known), Some("every_days"));
        assert_eq!(nearest("every_dyas", &known), Some("every_days"));
        assert_eq!(nearest("every", &known), Some("every_days"));
        assert_eq!(nearest("covd", &["measles", "covid-ba5", "covid-ancestral"]), Some("covid-ba5"));
        assert_eq!(nearest("cholera", &["measles", "covid-ba5"]), None);
        assert_eq!((nearest("colour", &known), nearest("x", &[])), (None, None));
        assert_eq!((edits("kitten", "sitting"), edits("ab", "ba"), edits("", "abc")), (3, 1, 3));
    }

    #[test]
    fn messages_are_told_in_both_languages() {
        let both = |english: &str| {
            let words = of_message(english);
            (words.zh(), words.en())
        };
        let of = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        assert_eq!(
            both("unknown field `evry`, expected one of `area`, `every`"),
            of(
                "没有名为“evry”的项；是否应为“every”？可用：area, every",
                "there is no field \"evry\"; did you mean \"every\"? there are area, every"
            )
        );
        assert_eq!(
            both("invalid type: string \"two\", expected u32"),
            of(
                "类型不对：此处须为不小于 0 的整数，而不是文字 \"two\"",
                "wrong kind of value: a whole number, 0 or above is needed here, not the text \"two\""
            )
        );
        assert_eq!(
            both("invalid type: floating point `1.5`, expected i64"),
            of("类型不对：此处须为整数，而不是小数 1.5", "wrong kind of value: a whole number is needed here, not 1.5")
        );
        assert_eq!(
            both("invalid value: integer `-1`, expected u32"),
            of(
                "数值超出范围：此处须为不小于 0 的整数，而不是整数 -1",
                "the number is out of range: a whole number, 0 or above is needed here, not -1"
            )
        );
        assert_eq!(both("missing field `name`"), of("缺少“name”；请补上", "\"name\" is missing; add it"));
        assert_eq!(both("invalid length 2, expected an array of length 9").0, "此处须有 9 个值，现有 2 个");
        assert_eq!(both("wanted string or table").1, "wrong kind of value: a word in quotes is needed here");
        assert_eq!(both("duplicate key"), of("这一项或表出现了两次；删去一处", "this is there twice; remove one"));
        // What nobody has thought of is told as it is.
        assert_eq!(both("strange thing"), of("不能读：strange thing", "cannot be read: strange thing"));
    }

    #[test]
    fn every_rule_of_a_population_has_its_field() {
        assert_eq!(of_population("area_km2: above 0").1, "area_km2");
        assert!(of_disease("a dispersion is above 0 and at most 10,000, or inf: all alike").0.zh().contains("离散参数"));
    }
}
