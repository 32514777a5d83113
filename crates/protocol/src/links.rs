//! Deadlines of the links of the chain.

use crate::model::Protocol;
use crate::param::Param;
use crate::quantity::Limit;
use crate::words::Link;
use quell_foundation::Span;

macro_rules! links {
    ($($variant:ident => $field:ident,)*) => {
        /// Path of the protocol value that sets a link's deadline.
        pub fn rule_path(link: Link) -> &'static str {
            match link { $(Link::$variant => concat!("deadlines.", stringify!($field)),)* }
        }
        impl Protocol {
            fn deadline_param(&self, link: Link) -> Option<&Param<Limit>> {
                match link { $(Link::$variant => self.deadlines.$field.as_ref(),)* }
            }
        }
    };
}

links! {
    Seal => seal,
    Deliver => deliver,
    TestPooled => test_pooled,
    TestSingle => test_single,
    Retest => retest,
    Resample => resample,
    Recall => recall,
    StatutoryReport => statutory_report,
    ReportCorrection => report_correction,
    CoreInvestigation => core_investigation,
    FullInvestigation => full_investigation,
    TransferCase => transfer_case,
    TransferContact => transfer_contact,
    PickUp => pick_up,
    Admit => admit,
    Observe => observe,
    Discharge => discharge,
    DischargeEntry => discharge_entry,
    ReleaseContact => release_contact,
    AnswerAppeal => answer_appeal,
    IdentifyLead => identify_lead,
}

impl Protocol {
    /// How long a link of the chain may take; `None` if this protocol sets no limit.
    pub fn deadline(&self, link: Link) -> Option<Span> {
        self.deadline_param(link).map(|p| p.value.0)
    }
}
