//! Who may say what: passwords, tokens, and the table of roles and facts.

use crate::clock::{Clock, fresh_id};
use crate::import::ImportKind;
use crate::import::lists::ListKind;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use quell_book::{Fact, Role};
use quell_foundation::*;
use quell_store::accounts::{self, Account};
use quell_store::{Database, StoreError};
use rand::TryRng;

/// How long a token is good for: a shift and its hand-over.
pub const TOKEN_LIFE: Span = Span::hours(14);

/// Facts that a role may hand in, besides what administrators and commanders may.
pub fn may_say(role: Role, fact: &Fact) -> bool {
    use Fact::*;
    match fact {
        PlaceListed(_) | ProtocolAdopted(_) => matches!(role, Role::Administrator | Role::Commander),
        PersonListed(_) => {
            matches!(role, Role::Administrator | Role::Sampler | Role::CommunityWorker | Role::Investigator | Role::Commander)
        }
        MemberListed(_) | EventListed(_) | CheckedIn(_) => {
            matches!(role, Role::Administrator | Role::CommunityWorker | Role::Investigator | Role::Commander)
        }
        PersonAbsent(_) | PersonReturned(_) => matches!(role, Role::CommunityWorker | Role::Investigator | Role::Commander),
        ZoneDesignated(_) | ZoneLifted(_) | RoundOpened(_) | RoundClosed(_) | RosterWaived(_) | DutyWaived(_) | DayClosed(_) => {
            role == Role::Commander
        }
        HandInReviewed(_) | LaboratoryReviewed(_) => role == Role::Commander,
        PersonsMerged(_) | MergeUndone(_) | PersonsDistinct(_) => {
            matches!(role, Role::Administrator | Role::Investigator | Role::Commander)
        }
        // Said by the door itself.
        LateHandIn(_) | TimeRanOut(_) | MessageAcknowledged(_) | MessageRefused(_) => false,
        // Said by the book that asks or answers, of itself: see `speaks_for`.
        AssistanceReceived(_) | AssistanceAnswerReceived(_) => role == Role::PeerBook,
        AssistanceRequested(_) | AssistanceAnswered(_) => matches!(role, Role::Investigator | Role::Commander),
        OverdueOwned(_) => !matches!(role, Role::Auditor | Role::Administrator | Role::PeerBook),
        Registered(_) | RegistrationVoided(_) | RegistrationReassigned(_) | TubeSealed(_) | BoxPacked(_) => {
            matches!(role, Role::Sampler | Role::CommunityWorker | Role::Ward)
        }
        TubeSpoilt(_) | TubeLost(_) | HandedOver(_) => {
            matches!(role, Role::Sampler | Role::CommunityWorker | Role::Ward | Role::Courier | Role::Laboratory)
        }
        Received(_) | PlateRead(_) | ResultRead(_) | ResultCorrected(_) => role == Role::Laboratory,
        ReportFiled(_) => matches!(role, Role::Laboratory | Role::Investigator),
        CaseListed(_) | CaseClassified(_) | ChannelJudged(_) | InvestigationFiled(_) | ContactNamed(_) | ContactDropped(_) => {
            role == Role::Investigator
        }
        Interviewed(_) | Visited(_) | VisitWithdrawn(_) | LinkStated(_) | LinkWithdrawn(_) => role == Role::Investigator,
        EventWithdrawn(_) => matches!(role, Role::Investigator | Role::Commander),
        LeadNoted(_) | LeadResolved(_) | LeadClosed(_) => role == Role::Investigator,
        FollowedUp(_) | VaccinationStated(_) | ProphylaxisGiven(_) | ProphylaxisDeclined(_) | AppealMade(_) => {
            matches!(role, Role::Investigator | Role::CommunityWorker | Role::Ward)
        }
        TeamListed(_) | TeamAbsent(_) | TeamReturned(_) | TeamEnded(_) => {
            matches!(role, Role::Administrator | Role::Investigator | Role::Commander)
        }
        FollowUpAssigned(_) => matches!(role, Role::Investigator | Role::CommunityWorker | Role::Commander),
        OrderIssued(_) => matches!(role, Role::Investigator | Role::Commander),
        OrderLifted(_) | AppealAnswered(_) => role == Role::Commander,
        TransferRequested(_) => matches!(role, Role::Investigator | Role::Dispatcher | Role::Ward),
        VehicleAssigned(_) | TransferCalledOff(_) => role == Role::Dispatcher,
        PickedUp(_) | Arrived(_) => matches!(role, Role::Dispatcher | Role::Courier),
        Admitted(_) | Discharged(_) => role == Role::Ward,
        Observed(_) | Died(_) => matches!(role, Role::Ward | Role::CommunityWorker),
        Released(_) => matches!(role, Role::CommunityWorker | Role::Commander),
    }
}

/// Lists that a role may bring in as a file. An import takes over what was decided elsewhere, so that those who take a response over may bring
/// in what they could not say one by one; places are the ground of everything and no investigator's.
pub fn may_import(role: Role, kind: ImportKind) -> bool {
    match role {
        Role::Administrator | Role::Commander => true,
        Role::Investigator => kind != ImportKind::List(ListKind::Places),
        _ => false,
    }
}

/// The account of another book.
///
/// # Errors
/// Never: a number is a name.
pub fn peer_account(book: BookId) -> Result<AccountId, BadId> {
    AccountId::new(format!("book-{book}"))
}

/// True unless the account is another book's, and the fact says that it comes from a third one.
pub fn speaks_for(account: &Account, fact: &Fact) -> bool {
    let from = match fact {
        Fact::AssistanceReceived(f) => f.from,
        Fact::AssistanceAnswerReceived(f) => f.from,
        _ => return true,
    };
    peer_account(from).is_ok_and(|a| a == account.account)
}

/// Hashes a password (argon2id with the crate's recommended parameters; about 20 ms).
pub fn hash_password(password: &str) -> Result<String, String> {
    Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(|e| e.to_string())
}

fn password_matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}

/// Logs in: a fresh token and when it expires, or `None` when name and password do not match an active account.
pub async fn log_in(
    db: &Database,
    clock: &Clock,
    book: BookId,
    name: &AccountId,
    password: &str,
) -> Result<Option<(String, Instant, Account)>, StoreError> {
    let mut c = db.connection().await?;
    let Some(account) = accounts::find(&c, book, name).await?.filter(|a| a.active) else {
        return Ok(None);
    };
    let (password, hash) = (password.to_owned(), account.password_hash.clone());
    // Hashing is work for a thread of its own.
    let ok = tokio::task::spawn_blocking(move || password_matches(&password, &hash)).await.unwrap_or(false);
    if !ok {
        return Ok(None);
    }
    let mut secret = [0u8; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut secret).map_err(|e| StoreError::Pool(e.to_string()))?;
    let token = format!("{}.{}", fresh_id().simple(), Hash(secret));
    let now = clock.now();
    let expires = now.plus(TOKEN_LIFE);
    accounts::put_token(&mut c, &account, Hash::of(token.as_bytes()), now, expires).await?;
    Ok(Some((token, expires, account)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_checked() {
        let h = hash_password("湿巫山 2022").unwrap();
        assert!(h.starts_with("$argon2id$"));
        assert!(password_matches("湿巫山 2022", &h));
        assert!(!password_matches("other", &h));
        assert!(!password_matches("other", "not a hash"));
    }
}
