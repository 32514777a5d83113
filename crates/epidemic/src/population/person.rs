//! What is known of one person for good: two bytes.

/// What a person does on an ordinary day; it says in which group the person sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Neither learns, works nor lives in a nursing home.
    Home,
    /// Goes to a class.
    Pupil,
    /// Works in a class.
    Teacher,
    /// Works in a workplace.
    Worker,
    /// Lives in a nursing home.
    Resident,
    /// Works in a nursing home.
    Carer,
}

impl Role {
    /// All, in the order of their codes.
    pub const ALL: [Self; 6] = [Self::Home, Self::Pupil, Self::Teacher, Self::Worker, Self::Resident, Self::Carer];
}

/// The oldest age kept; older people are of this age.
pub const OLDEST: u8 = 100;

/// Steps of [`Person::readiness`].
pub const READINESS: u8 = 64;

/// Age, role and readiness of one person: 7, 3 and 6 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Person(u16);

impl Person {
    /// A person of this age and readiness (below 64).
    pub fn new(age: u8, role: Role, readiness: u8) -> Self {
        Self(u16::from(age.min(OLDEST)) | (role as u16) << 7 | u16::from(readiness % READINESS) << 10)
    }
    /// Years lived.
    #[inline]
    pub fn age(self) -> u8 {
        (self.0 & 127) as u8
    }
    /// What the person does.
    #[inline]
    pub fn role(self) -> Role {
        Role::ALL[(self.0 >> 7 & 7) as usize]
    }
    /// Where the person stands among those of the same age who come to be vaccinated, 0 the first to come, 63 the last. With a coverage of half
    /// of an age, those below 32 are vaccinated: so the same people are, whatever the disease, and coverages are met to 1/64.
    #[inline]
    pub fn readiness(self) -> u8 {
        (self.0 >> 10) as u8
    }
    pub(crate) fn with_role(self, role: Role) -> Self {
        Self(self.0 & !(7 << 7) | (role as u16) << 7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_in_two_bytes() {
        for role in Role::ALL {
            for age in [0, 6, 64, 100] {
                let p = Person::new(age, Role::Home, 63).with_role(role);
                assert_eq!((p.age(), p.role(), p.readiness()), (age, role, 63));
            }
        }
    }
}
