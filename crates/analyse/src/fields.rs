//! The fields that a mapping can name, for the help of the command line.

use std::fmt::Write;

/// The fields of tables, each with its type and the headers it is known by, as the text of their mappings has them.
pub(crate) fn help(tables: &[(&str, &str)]) -> String {
    let mut out = "Fields that a mapping can name, and the headers that are known without one (docs/analysis/input.md):".to_owned();
    for (what, mapping) in tables {
        let _ = write!(out, "\n\n  {what}");
        for section in mapping.split("\n[fields.").skip(1) {
            let Some((name, rest)) = section.split_once(']') else { continue };
            // A name with a point is a part of the field before it.
            if name.contains('.') {
                continue;
            }
            let key = |key: &str| rest.lines().find_map(|l| l.strip_prefix(key)?.trim_start().strip_prefix('='));
            let bare = |text: &str| text.trim().trim_matches(['[', ']', '{', '}', ' ']).replace('"', "");
            let headers = key("columns").or_else(|| key("pairs")).map(bare).unwrap_or_default();
            let _ = write!(out, "\n    {name} ({}): {headers}", key("type").map_or_else(|| "text".to_owned(), bare));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_there_with_its_type_and_headers() {
        let text = "name = \"x\"\n[fields.a]\ncolumns = [\"a\", \"甲\"]\n\n# Why.\n[fields.b]\ncolumns = \"b\"\ntype = \"enum\"\n[fields.b.values]\n\"x\" = \"y\"\n";
        let help = help(&[("Cases", text)]);
        assert!(help.ends_with("\n\n  Cases\n    a (text): a, 甲\n    b (enum): b"), "{help}");
    }
}
