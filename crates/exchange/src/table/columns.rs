//! The columns of Quell's own tables. The headers of one table differ from each other in both languages, so that a file says by
//! itself what it holds; the field is the name by which a mapping knows it.

use super::list;
use crate::grid::Cell;
use crate::{CaseRecord, ContactRecord, FollowUpRecord, LinkRecord, ResultRecord};
use quell_foundation::EventTime;

/// One column of a table of records `R`.
pub struct Column<R> {
    /// The field of the record; those of [`crate::PersonPart`] stand beside the record's own.
    pub field: &'static str,
    /// Header in English.
    pub en: &'static str,
    /// Header in Chinese.
    pub zh: &'static str,
    /// What stands in the cell.
    pub cell: for<'a> fn(&'a R) -> Cell<'a>,
}

fn text(text: &str) -> Cell<'_> {
    Cell::text(text)
}
fn time(at: Option<EventTime>) -> Cell<'static> {
    Cell::maybe(at, Cell::Time)
}
fn count(n: Option<u32>) -> Cell<'static> {
    Cell::maybe(n, |n| Cell::Number(n.into()))
}

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident: $record:ty = [$($before:tt)*] who [$($after:tt)*]) => {
        columns! { $(#[$doc])* $name: $record = [
            $($before)*
            "person" "Person id" "人员标识" |r| text(&r.who.person);
            "name" "Name" "姓名" |r| text(&r.who.name);
            "sex" "Sex" "性别" |r| text(&r.who.sex);
            "born" "Date of birth" "出生日期" |r| Cell::maybe(r.who.born, Cell::Day);
            "age" "Age in years" "年龄" |r| count(r.who.age);
            "id_number" "Identity number" "证件号码" |r| text(&r.who.id_number);
            "phone" "Telephone" "联系电话" |r| text(&r.who.phone);
            "address" "Address" "住址" |r| text(&r.who.address);
            "home" "Place code of home" "住址编码" |r| text(&r.who.home);
            "occupation" "Occupation" "职业类别" |r| text(&r.who.occupation);
            $($after)*
        ] }
    };
    ($(#[$doc:meta])* $name:ident: $record:ty = [$($field:literal $en:literal $zh:literal $cell:expr;)*]) => {
        $(#[$doc])*
        pub const $name: &[Column<$record>] = &[$(Column { field: $field, en: $en, zh: $zh, cell: $cell }),*];
    };
}

columns! {
    /// Of the table of cases.
    CASE_COLUMNS: CaseRecord = [
        "case" "Case id" "病例标识" |r| text(&r.case);
        "number" "Case number" "病例编号" |r| text(&r.number);
        "external" "External id" "外部编号" |r| text(&r.external);
        "disease" "Disease" "病种" |r| text(&r.disease);
    ] who [
        "classification" "Classification" "病例分类" |r| text(&r.classification);
        "severity" "Severity" "临床严重程度" |r| text(&r.severity);
        "onset" "Onset of symptoms" "发病时间" |r| time(r.onset);
        "symptoms" "Symptoms" "症状" |r| Cell::text(list::words(&r.symptoms));
        "sampled" "First specimen taken" "首次采样时间" |r| time(r.sampled);
        "found" "Found" "发现时间" |r| time(r.found);
        "reported" "Reported" "报告时间" |r| time(r.reported);
        "isolated" "Isolated" "隔离时间" |r| time(r.isolated);
        "setting" "How found" "发现途径" |r| text(&r.setting);
        "control" "Found in community or under control" "社会面或管控" |r| text(&r.control);
        "was_contact" "Was a contact" "曾为密接" |r| Cell::maybe(r.was_contact, Cell::Flag);
        "exposure_from" "Exposure from" "暴露起始时间" |r| time(r.exposure_from);
        "exposure_to" "Exposure to" "暴露结束时间" |r| time(r.exposure_to);
        "doses" "Vaccine doses" "疫苗接种" |r| Cell::text(list::doses(&r.doses));
        "outcome" "Outcome" "转归" |r| text(&r.outcome);
        "outcome_at" "Date of outcome" "转归时间" |r| time(r.outcome_at);
        "answers" "Answers" "问卷答案" |r| Cell::text(list::answers(&r.answers));
        "note" "Note" "备注" |r| text(&r.note);
    ]
}

columns! {
    /// Of the table of contacts.
    CONTACT_COLUMNS: ContactRecord = [
        "contact" "Contact id" "密接标识" |r| text(&r.contact);
        "external" "External id" "外部编号" |r| text(&r.external);
        "case" "Case id" "关联病例标识" |r| text(&r.case);
        "case_number" "Case number" "关联病例编号" |r| text(&r.case_number);
        "disease" "Disease" "病种" |r| text(&r.disease);
    ] who [
        "category" "Contact category" "密接类别" |r| text(&r.category);
        "first_exposure" "First exposure" "首次接触时间" |r| time(r.first_exposure);
        "last_exposure" "Last exposure" "末次接触时间" |r| time(r.last_exposure);
        "context" "Setting of exposure" "接触场景" |r| text(&r.context);
        "relation" "Relation to case" "与病例关系" |r| text(&r.relation);
        "certainty" "Certainty" "确定程度" |r| text(&r.certainty);
        "named" "Named at" "判定时间" |r| time(r.named);
        "decider" "Decided by" "判定人" |r| text(&r.decider);
        "reason" "Evidence" "判定依据" |r| text(&r.reason);
        "state" "State" "密接状态" |r| text(&r.state);
        "follow_up" "Follow-up status" "随访状态" |r| text(&r.follow_up);
        "until" "Follow-up until" "随访截止时间" |r| time(r.until);
        "quarantine" "Quarantine" "隔离方式" |r| text(&r.quarantine);
        "quarantine_from" "Quarantine from" "隔离开始时间" |r| time(r.quarantine_from);
        "quarantine_to" "Quarantine to" "隔离结束时间" |r| time(r.quarantine_to);
        "last_seen" "Last seen" "最近随访时间" |r| time(r.last_seen);
        "team" "Team" "随访队伍" |r| text(&r.team);
        "note" "Note" "备注" |r| text(&r.note);
    ]
}

columns! {
    /// Of the table of links.
    LINK_COLUMNS: LinkRecord = [
        "link" "Link id" "关联标识" |r| text(&r.link);
        "source" "Source id" "来源病例标识" |r| text(&r.source);
        "source_number" "Source number" "来源病例编号" |r| text(&r.source_number);
        "target" "Target id" "对象标识" |r| text(&r.target);
        "target_kind" "Target kind" "对象类型" |r| text(&r.target_kind);
        "target_number" "Target number" "对象编号" |r| text(&r.target_number);
        "certainty" "Certainty" "确定程度" |r| text(&r.certainty);
        "context" "Setting of transmission" "传播场景" |r| text(&r.context);
        "contact_at" "Date of contact" "接触时间" |r| time(r.contact_at);
        "directed" "Direction known" "传播方向明确" |r| Cell::maybe(r.directed, Cell::Flag);
        "doubts" "Doubts" "疑点" |r| Cell::text(list::words(&r.doubts));
        "note" "Note" "备注" |r| text(&r.note);
    ]
}

columns! {
    /// Of the table of follow-ups.
    FOLLOW_UP_COLUMNS: FollowUpRecord = [
        "contact" "Contact id" "密接标识" |r| text(&r.contact);
        "external" "External id" "外部编号" |r| text(&r.external);
    ] who [
        "day" "Day of follow-up" "随访第几天" |r| count(r.day);
        "at" "Time of follow-up" "随访时间" |r| time(r.at);
        "outcome" "Result of follow-up" "随访结果" |r| text(&r.outcome);
        "temperature" "Temperature (°C)" "体温（℃）" |r| Cell::maybe(r.temperature, |t| Cell::Number(t.value()));
        "symptoms" "Symptoms" "症状" |r| Cell::text(list::words(&r.symptoms));
        "team" "Team" "随访队伍" |r| text(&r.team);
        "note" "Note" "备注" |r| text(&r.note);
    ]
}

columns! {
    /// Of the table of laboratory results.
    RESULT_COLUMNS: ResultRecord = [
        "laboratory" "Laboratory" "检测机构" |r| text(&r.laboratory);
        "report" "Report id" "报告标识" |r| text(&r.report);
        "tube" "Tube" "采样管编号" |r| text(&r.tube);
    ] who [
        "specimen" "Specimen type" "样本类型" |r| text(&r.specimen);
        "test" "Test" "检测项目" |r| text(&r.test);
        "sampled" "Sampled" "采样时间" |r| time(r.sampled);
        "received" "Received" "接收时间" |r| time(r.received);
        "resulted" "Resulted" "检出时间" |r| time(r.resulted);
        "result" "Result" "检测结果" |r| text(&r.result);
        "targets" "Ct values" "Ct 值" |r| Cell::text(list::targets(&r.targets));
        "status" "Report status" "报告状态" |r| text(&r.status);
        "note" "Note" "备注" |r| text(&r.note);
    ]
}
