//! The tree of places: what lies directly below a place, what bears a name. Places are no secret, but a list shows the reader's own.

use super::{Page, Paging, head_seq, in_scope, list, single, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::PlaceKind;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which places.
#[derive(Debug, Clone)]
pub struct PlaceFilter {
    /// Below this place.
    pub under: PlaceId,
    /// The name has this in it, or the code begins with it.
    pub text: Option<String>,
    /// What they are.
    pub kind: Option<PlaceKind>,
}

/// A place in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceItem {
    /// Its path.
    pub place: PlaceId,
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: String,
    /// Its English name.
    pub name_en: Option<String>,
    /// Names of the listed places above it, from below the book's root down.
    pub names: Vec<String>,
    /// The same in English, where they have an English name.
    pub names_en: Vec<String>,
    /// How many listed places lie directly below it.
    pub children: i64,
}

/// SQL: the path one level above the path in a column; null of a path of one level. The index `place_by_parent` has it like this.
fn parent(column: &str) -> String {
    format!("substring({column} FROM '^(.*)[.]')")
}

/// SQL: the paths of a path in a column, from the top, itself included.
pub(super) fn above(column: &str) -> String {
    format!(
        "ARRAY(SELECT array_to_string((string_to_array({column}, '.'))[1:n], '.')
             FROM generate_series(1, array_length(string_to_array({column}, '.'), 1)) n)"
    )
}

/// SQL: names of the listed places `l` above the place in a column, from below the root down.
pub(super) fn names_above(column: &str, name: &str) -> String {
    format!(
        "ARRAY(SELECT {name} FROM quell.place l WHERE l.book_id = $1 AND l.place = ANY({}) AND l.place <> {column}
             AND length(l.place) > (SELECT length(b.root) FROM quell.book b WHERE b.book_id = $1) ORDER BY length(l.place))",
        above(column)
    )
}

/// SQL: the columns of a [`PlaceItem`] for the rows `f` of places.
fn columns() -> String {
    format!(
        "f.place, f.kind, f.name, f.name_en, {} AS names, {} AS names_en,
         (SELECT count(*) FROM quell.place c WHERE c.book_id = $1 AND {} = f.place) AS children",
        names_above("f.place", "l.name"),
        names_above("f.place", "coalesce(l.name_en, l.name)"),
        parent("c.place")
    )
}

/// Places in the order of their paths: without a text and a kind those directly below, else all below that fit.
pub async fn places(tx: &Transaction<'_>, book: BookId, f: &PlaceFilter, page: &Paging) -> Result<Page<PlaceItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let text = f.text.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let (kind, after) = (f.kind.map(PlaceKind::as_str), page.after.as_deref());
    let which = if text.is_none() && kind.is_none() {
        format!("{} = $2::text AND ($3::text IS NULL AND $4::text IS NULL)", parent("f.place"))
    } else {
        // Chinese has no capitals; turning all names into small letters costs more than finding the text in them.
        let (column, wanted) = match text.is_some_and(|t| t.chars().any(char::is_alphabetic) && t.is_ascii()) {
            true => ("lower(f.name)", "lower($3::text)"),
            false => ("f.name", "$3::text"),
        };
        format!(
            "{} AND f.place <> $2::text AND ($3::text IS NULL OR strpos({column}, {wanted}) > 0 OR starts_with(f.place, $3::text)
                 OR strpos(lower(f.name_en), lower($3::text)) > 0)
             AND ($4::text IS NULL OR f.kind = $4::text)",
            within("f.place", 2)
        )
    };
    let sql = format!(
        "SELECT {} FROM (
             SELECT * FROM quell.place f WHERE f.book_id = $1 AND {which} AND {} AND ($5::text IS NULL OR f.place > $5::text COLLATE \"C\")
             ORDER BY f.place LIMIT $6) f
         ORDER BY f.place",
        columns(),
        in_scope("f.place")
    );
    let params: super::Params<'_> = &[&book.0, &f.under.as_str(), &text, &kind, &after, &page.rows()];
    let found = list(tx, "places", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |p: &PlaceItem| p.place.to_string()))
}

/// One place: in the reader's scope, or above it, so that whoever works in a place can be told what that lies in.
pub async fn place_item(tx: &Transaction<'_>, book: BookId, place: &PlaceId) -> Result<Option<PlaceItem>, StoreError> {
    let sql = format!(
        "SELECT {} FROM quell.place f WHERE f.book_id = $1 AND f.place = $2
             AND ({} OR starts_with(current_setting('quell.scope'), f.place || '.'))",
        columns(),
        in_scope("f.place")
    );
    single(tx, "place", &sql, &[&book.0, &place.as_str()]).await
}
