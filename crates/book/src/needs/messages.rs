//! What the facts of messages between books need: the rows of the messages, and their duties.

use super::Needs;
use crate::fact::Fact;
use crate::kinds::Leg;
use crate::state::State;
use quell_foundation::MessageId;

impl Needs {
    pub(super) fn name_message(&mut self, fact: &Fact) {
        match fact {
            Fact::AssistanceRequested(f) => {
                self.outbox.insert(f.message);
                self.outbox.extend(f.instead_of);
                self.cases.extend(f.case);
                self.persons.extend(f.person);
            }
            Fact::AssistanceReceived(f) => drop(self.inbox.insert(f.message)),
            Fact::AssistanceAnswered(f) => {
                self.inbox.insert(f.message);
                self.contacts.extend(f.contact);
            }
            Fact::AssistanceAnswerReceived(f) => drop(self.outbox.insert(f.message)),
            Fact::MessageAcknowledged(f) => self.message(f.leg, f.message),
            Fact::MessageRefused(f) => self.message(f.leg, f.message),
            _ => {}
        }
    }

    fn message(&mut self, leg: Leg, m: MessageId) {
        match leg {
            Leg::Request => self.outbox.insert(m),
            Leg::Answer => self.inbox.insert(m),
        };
    }

    pub(super) fn follow_message(&mut self, s: &State, fact: &Fact) {
        let sent = |m: &MessageId| s.outbox.get(m).map(|m| m.duty_id);
        let received = |m: &MessageId| s.inbox.get(m).map(|m| m.duty_id);
        match fact {
            Fact::AssistanceRequested(f) => self.duties.extend(f.instead_of.iter().filter_map(sent)),
            Fact::AssistanceAnswered(f) => self.duties.extend(received(&f.message)),
            Fact::AssistanceAnswerReceived(f) => self.duties.extend(sent(&f.message)),
            Fact::MessageRefused(f) if f.leg == Leg::Request => self.duties.extend(sent(&f.message)),
            _ => {}
        }
    }
}
