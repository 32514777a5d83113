//! A file that is longer than what is compared with the book at a time: who the next rows are is looked up while those before are written.

use super::world::*;
use std::fmt::Write as _;

/// A file of contacts, one a line: id, name, day of birth, telephone, last exposure.
fn file(rows: impl Iterator<Item = (usize, String, String, String, &'static str)>) -> String {
    let mut text = "外部编号,姓名,性别,出生日期,联系电话,住址编码,密接类别,末次接触时间\n".to_owned();
    for (id, name, born, phone, exposed) in rows {
        writeln!(text, "L-{id},{name},女,{born},{phone},{HOME2},密接,{exposed}").unwrap();
    }
    text
}

/// Names of two characters that all differ.
fn name(n: usize) -> String {
    const A: [&str; 40] = [
        "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "尤", "许", "何", "吕",
        "施", "张", "孔", "曹", "严", "华", "金", "魏", "陶", "姜", "戚", "谢", "邹", "喻", "柏", "水", "窦", "章",
    ];
    format!("{}{}{}", A[n % 40], A[n / 40 % 40], A[(n * 7 + n / 1_600) % 40])
}

fn someone(n: usize) -> (String, String, String) {
    let born = format!("{}-{:02}-{:02}", 1950 + n % 50, 1 + n % 12, 2 + n % 27);
    (name(n), born, format!("139{:08}", 10_000_000 + n * 37))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stands_in_two_parts_of_a_long_file_is_one_person() {
    let w = World::new().await;
    // The rows from 2,100 on are people of the part before and of the one before that, exposed again.
    let row = |n: usize| {
        let (name, born, phone) = someone(if n < 2_100 { n } else { (n - 2_100) * 13 + 1 });
        (n, name, born, phone, if n < 2_100 { "2022-11-20" } else { "2022-11-24" })
    };
    let text = file((0..2_200).map(row));
    let r = w.import(RecordKind::Contacts, "long.csv", &text).await;
    assert_eq!((counts(&r), r.new_persons), ([2_200, 0, 0, 0], 2_100), "{:?}", r.issues.first());
    let seq = w.seq().await;
    let r = w.import(RecordKind::Contacts, "long.csv", &text).await;
    assert_eq!((counts(&r), r.new_persons, w.seq().await), ([0, 2_200, 0, 0], 0, seq), "{:?}", r.issues.first());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_about_a_person_adds_to_the_rows_before_it() {
    let w = World::new().await;
    let number = |n: usize| format!("L-{n},赵一,女,,,{HOME2},密接,2022-11-20\n");
    let (head, first) = ("外部编号,姓名,性别,出生日期,联系电话,住址编码,密接类别,末次接触时间\n", number(0));
    let r = w.import(RecordKind::Contacts, "first.csv", format!("{head}{first}")).await;
    assert_eq!((counts(&r), r.new_persons), ([1, 0, 0, 0], 1));
    let person = w.contacts().await[0].who.person_id;
    let more = format!(
        "外部编号,人员编号,姓名,性别,出生日期,联系电话,住址编码,密接类别,末次接触时间\n\
        L-1,{person},赵一,女,,13900000001,{HOME2},密接,2022-11-21\nL-2,{person},赵一,女,1980-05-06,,{HOME2},密接,2022-11-22\n"
    );
    let r = w.import(RecordKind::Contacts, "more.csv", more).await;
    assert_eq!(counts(&r), [2, 0, 0, 0], "{:?}", r.issues);
    let who = w.contacts().await[0].who.clone();
    assert_eq!((who.phone.as_deref(), who.born.map(|b| b.to_string()).as_deref()), (Some("13900000001"), Some("1980-05-06")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_id_in_a_file_is_somebody_else_however_alike() {
    let w = World::new().await;
    let (a, b) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let head = "外部编号,人员编号,姓名,性别,出生日期,联系电话,住址编码,密接类别,首次接触时间,末次接触时间\n";
    let row =
        |id: &str, person: uuid::Uuid, name: &str| format!("{id},{person},{name},女,1980-05-06,13900000001,{HOME2},密接,,2022-11-20\n");
    // In one file, and in a later one, when the book knows the others by then.
    let r = w.import(RecordKind::Contacts, "a.csv", format!("{head}{}{}", row("P-1", a, "陈小"), row("P-2", b, "陈小"))).await;
    assert_eq!((counts(&r), r.new_persons), ([2, 0, 0, 0], 2), "{:?}", r.issues);
    let all = format!("{head}{}{}{}", row("P-3", a, "陈小"), row("P-4", uuid::Uuid::from_u128(3), "陈小"), row("P-5", b, "陈小"));
    let r = w.import(RecordKind::Contacts, "b.csv", all.replace("2022-11-20", "2022-11-21")).await;
    assert_eq!((r.refused, r.new_persons), (0, 1), "{:?}", r.issues);
    // Turned round is no exposure.
    let r = w.import(RecordKind::Contacts, "c.csv", format!("{head}P-7,,赵一,女,,,{HOME2},密接,2022-11-24,2022-11-22\n")).await;
    assert_eq!((counts(&r), rules(&r)), ([0, 0, 1, 0], vec![(2, "contact.first_exposure")]));
    // A home in parts is what its last part says.
    let parts = format!("{head}P-8,,钱二,女,,,50.500237/50.500237.101/{HOME2},密接,,2022-11-22\n");
    let r = w.import(RecordKind::Contacts, "d.csv", parts).await;
    assert_eq!(counts(&r), [1, 0, 0, 0], "{:?}", r.issues);
}
