//! Finding a field's columns under a header: by name, by any index (`addresses[].city`), by the beginning of the name.

use crate::mapping::Field;
use crate::message::{Fault, OpenError};
use crate::refused::is_remark;
use crate::text::normal;
use std::collections::{BTreeMap, HashMap};

/// Where a field's cell comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    Column(usize),
    Join(Vec<usize>),
    /// The values of a field with several values, one column each.
    List(Vec<usize>),
    /// The same with the parts that make each value.
    Table(Vec<Vec<Option<usize>>>),
    /// Columns that say yes or no to the word beside them.
    Flags(Vec<(usize, String)>),
    /// Columns whose cells become `name=cell`.
    Pairs(Vec<(usize, String)>),
    /// A constant, or derived from another field, or not in this file.
    Nowhere,
}

impl Place {
    /// The columns, in the order of the place.
    pub fn columns(&self) -> Vec<usize> {
        match self {
            Place::Nowhere => Vec::new(),
            Place::Column(i) => vec![*i],
            Place::Join(v) | Place::List(v) => v.clone(),
            Place::Table(rows) => rows.iter().flatten().flatten().copied().collect(),
            Place::Flags(v) | Place::Pairs(v) => v.iter().map(|(i, _)| *i).collect(),
        }
    }
}

/// A column with the indices in its name: `addresses[1].phones[0]` has 1 and 0. Columns of the same name count up.
type Indexed = (Vec<usize>, usize);

/// The columns of a header by name.
pub(crate) struct Columns<'a> {
    header: &'a [String],
    at: HashMap<String, Vec<usize>>,
    any: HashMap<String, Vec<Indexed>>,
}

impl<'a> Columns<'a> {
    /// Columns without a header, and those that Quell has added to refused rows, are no one's.
    pub fn new(header: &'a [String]) -> Self {
        Self::of_classes(header, &[], &[])
    }

    /// As [`Columns::new`] with the class of each column, as the row above the header has it: `Sample` over `sampleDateTime` is found
    /// as `sampleDateTime` if `Sample` is one of the `plain` classes, else as `Sample/sampleDateTime`.
    pub fn of_classes(header: &'a [String], classes: &[String], plain: &[String]) -> Self {
        let mut columns = Self { header, at: HashMap::new(), any: HashMap::new() };
        for (i, h) in header.iter().enumerate().filter(|(_, h)| !h.is_empty() && !is_remark(h)) {
            let name = normal(h);
            match classes.get(i) {
                Some(class) if !plain.contains(class) => columns.at.entry(normal(&format!("{class}/{h}"))).or_default().push(i),
                _ => {
                    if let Some((any, indices)) = without_indices(&name) {
                        columns.any.entry(any).or_default().push((indices, i));
                    }
                    columns.at.entry(name).or_default().push(i);
                }
            }
        }
        columns.any.values_mut().for_each(|v| v.sort());
        columns
    }

    /// Columns with the same header.
    pub fn repeated(&self) -> Vec<String> {
        let mut all: Vec<&Vec<usize>> = self.at.values().filter(|v| v.len() > 1).collect();
        all.sort();
        all.iter().map(|v| self.header[v[0]].clone()).collect()
    }

    fn named(&self, name: &str) -> Vec<Indexed> {
        let name = normal(name);
        if name.contains("[]") {
            return self.any.get(&name).cloned().unwrap_or_default();
        }
        self.at.get(&name).into_iter().flatten().enumerate().map(|(n, i)| (vec![n], *i)).collect()
    }

    /// The columns of the first name that is there: one, or all of a field with several values.
    fn pick(&self, f: &Field, names: &[String]) -> Result<Vec<Indexed>, OpenError> {
        for name in names {
            let found = self.named(name);
            let any = normal(name).contains("[]");
            match (found.as_slice(), f.nth) {
                ([], _) => {}
                (all, Some(n)) => return Ok(all.get(n - 1).into_iter().cloned().collect()),
                (all, None) if f.many || all.len() == 1 => return Ok(all.to_vec()),
                ([first, ..], None) if any => return Ok(vec![first.clone()]),
                (all, None) => return Err(repeated(f, &self.header[all[0].1], all)),
            }
        }
        Ok(Vec::new())
    }

    /// Where a field's cell comes from.
    pub fn place(&self, f: &Field) -> Result<Place, OpenError> {
        let found = self.pick(f, &f.columns)?;
        match found.as_slice() {
            [] => {}
            [(_, one)] => return Ok(Place::Column(*one)),
            all => return Ok(Place::List(all.iter().map(|(_, i)| *i).collect())),
        }
        let of = |words: &[(String, String)]| -> Vec<(usize, String)> {
            words.iter().flat_map(|(name, word)| self.named(name).into_iter().map(|(_, i)| (i, word.clone()))).collect()
        };
        let flags = of(&f.flags);
        if !flags.is_empty() {
            return Ok(Place::Flags(flags));
        }
        let mut pairs = of(&f.pairs);
        let prefixes: Vec<String> = f.prefix.iter().map(|p| normal(p)).collect();
        for (i, h) in self.header.iter().enumerate().filter(|(_, h)| !is_remark(h)) {
            let name = normal(h);
            if let Some(prefix) = prefixes.iter().filter(|p| name.starts_with(p.as_str())).max_by_key(|p| p.len()) {
                pairs.push((i, after(h, prefix)));
            }
        }
        if !pairs.is_empty() {
            return Ok(Place::Pairs(pairs));
        }
        self.combined(f)
    }

    fn combined(&self, f: &Field) -> Result<Place, OpenError> {
        let mut parts = Vec::new();
        for names in &f.combine {
            let found = self.pick(f, names)?;
            if found.is_empty() {
                return Ok(Place::Nowhere);
            }
            parts.push(found);
        }
        if !f.many {
            let first: Vec<usize> = parts.iter().filter_map(|p| p.first()).map(|(_, i)| *i).collect();
            return Ok(if first.is_empty() { Place::Nowhere } else { Place::Join(first) });
        }
        let mut rows: BTreeMap<&Vec<usize>, Vec<Option<usize>>> = BTreeMap::new();
        for (n, (indices, column)) in parts.iter().enumerate().flat_map(|(n, p)| p.iter().map(move |x| (n, x))) {
            rows.entry(indices).or_insert_with(|| vec![None; parts.len()])[n] = Some(*column);
        }
        Ok(if rows.is_empty() { Place::Nowhere } else { Place::Table(rows.into_values().collect()) })
    }
}

/// `addresses[1].city` as `addresses[].city` and its indices; nothing if it has none.
fn without_indices(name: &str) -> Option<(String, Vec<usize>)> {
    let (mut any, mut indices, mut rest) = (String::new(), Vec::new(), name);
    while let Some((before, after)) = rest.split_once('[') {
        any.push_str(before);
        any.push('[');
        rest = after;
        if let Some((n, behind)) = after.split_once(']').and_then(|(n, b)| Some((n.parse().ok()?, b))) {
            indices.push(n);
            any.push(']');
            rest = behind;
        }
    }
    any.push_str(rest);
    (!indices.is_empty()).then_some((any, indices))
}

/// A normal name with every index left out: `addresses[1].city` as `addresses[].city`.
pub(crate) fn any_index(name: &str) -> String {
    without_indices(name).map_or_else(|| name.to_owned(), |(any, _)| any)
}

/// What stands after the prefix, as the file writes it.
fn after(header: &str, prefix: &str) -> String {
    let cut = header.char_indices().map(|(i, c)| i + c.len_utf8()).find(|i| normal(&header[..*i]) == *prefix).unwrap_or(0);
    crate::text::trimmed(header[cut..].trim_start_matches(['.', ':', '：'])).to_owned()
}

fn repeated(f: &Field, header: &str, columns: &[Indexed]) -> OpenError {
    let list = columns.iter().map(|(_, i)| (i + 1).to_string()).collect::<Vec<_>>().join(", ");
    let name = &f.name;
    Fault::new(
        "file.repeated_header",
        (
            format!("字段 {name} 的表头“{header}”出现在第 {list} 列，无法确定用哪一列"),
            format!("the header '{header}' of field {name} stands above columns {list}; which one is meant is unclear"),
        ),
        ("请改列名，或在映射文件中用 nth 指定第几个", "rename the columns, or say which by nth in the mapping"),
    )
    .of_file(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mapping;

    fn place(definition: &str, header: &[&str]) -> Place {
        let m = Mapping::parse("t", &format!("[fields.x]\n{definition}")).unwrap();
        let header: Vec<String> = header.iter().map(|s| s.to_string()).collect();
        Columns::new(&header).place(m.field("x").unwrap()).unwrap()
    }

    #[test]
    fn indices_count_in_their_own_order() {
        let labels = ["Addresses City [10]", "Addresses City [2]", "other", "addresses[0].city"];
        assert_eq!(place("columns = \"Addresses City []\"", &labels), Place::Column(1));
        assert_eq!(place("columns = \"Addresses City []\"\nnth = 2", &labels), Place::Column(0));
        assert_eq!(place("columns = \"Addresses City []\"\nmany = true", &labels), Place::List(vec![1, 0]));
        assert_eq!(place("columns = [\"none\", \"addresses[].city\"]\nmany = true", &labels), Place::Column(3));
        assert_eq!(place("columns = \"Addresses City [2]\"", &labels), Place::Column(1));
        let deep = ["a[1].b[0].c", "a[0].b[1].c", "a[0].b[0].c", "a[x].c"];
        assert_eq!(place("columns = \"a[].b[].c\"\nmany = true", &deep), Place::List(vec![2, 1, 0]));
    }

    #[test]
    fn parts_of_the_same_index_belong_together() {
        let header = ["v[0].name", "v[1].name", "v[1].date", "v[2].date"];
        let d = "combine = [[\"v[].name\"], [\"v[].date\"]]\nseparator = \"=\"\nmany = true";
        assert_eq!(place(d, &header), Place::Table(vec![vec![Some(0), None], vec![Some(1), Some(2)], vec![None, Some(3)]]));
    }

    #[test]
    fn columns_of_other_classes_need_their_class() {
        let list = |names: &[&str]| -> Vec<String> { names.iter().map(|s| s.to_string()).collect() };
        let header = list(&["reportDate", "reportDate", "lab"]);
        let columns = Columns::of_classes(&header, &list(&["PathogenTest", "CaseData", "Sample"]), &list(&["CaseData"]));
        let m = Mapping::parse(
            "t",
            "[fields.a]\ncolumns = \"reportDate\"\n[fields.b]\ncolumns = [\"Sample/lab\", \"lab\"]\n[fields.c]\ncolumns = \"lab\"\n",
        )
        .unwrap();
        let place = |f: &str| columns.place(m.field(f).unwrap()).unwrap();
        assert_eq!((place("a"), place("b"), place("c")), (Place::Column(1), Place::Column(2), Place::Nowhere));
    }

    #[test]
    fn the_rest_of_a_name_is_a_question() {
        let d = "prefix = [\"Questionnaire answers\", \"questionnaireAnswers.\"]\nmany = true";
        let header = ["Questionnaire answers Was it cold?", "x", "questionnaireAnswers.diet[0].value"];
        let want = vec![(0, "Was it cold?".to_owned()), (2, "diet[0].value".to_owned())];
        assert_eq!(place(d, &header), Place::Pairs(want));
    }
}
