//! People who are listed again: an import tells where someone lives, not how they are.

mod common;
use common::*;
use quell_book::*;
use quell_protocol::Exposure;

#[test]
fn an_import_changes_neither_where_people_stand_nor_what_they_are_exposed_to() {
    let mut b = Book::new();
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.contact("26T11:00", 1, 2, "close", "26T10:00");
    let before = (b.person(1), b.person(2));
    b.bundle("26T12:00", vec![person(1), person(2)]).unwrap();
    assert_eq!((b.person(1), b.person(2)), before);
    assert_eq!((b.person(1).standing, b.person(2).exposure), (Standing::Inpatient, Exposure::CloseContact));
}
