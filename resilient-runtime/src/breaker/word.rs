//! The one word every call reads: phase, cycle and mark of a breaker packed into 64 bits.

use super::Phase;

/// `cycle (38 bits) | mark (20) | ignoring (1) | timeless (1) | owed (1) | phase (3)`.
///
/// * `phase`: the four that let everybody through come first, so that "may it pass?" is one comparison;
/// * `owed`: a transition nobody was told of yet, see [`super::shell::Core`];
/// * `timeless`, `ignoring`: what a success may leave undone, see [`super::state::Machine::published`];
/// * `mark`: how many unknown outcomes were counted towards `consecutive` so far. An outcome counts only
///   if the mark it was admitted under is still the present one, which is "admitted after the one
///   before it ended" by causality instead of by clock;
/// * `cycle`: how often the phase changed. Outcomes of another cycle are ignored.
///
/// All numbers wrap. To be taken for a fresh one, an outcome would have to be in flight during 2^38
/// transitions, or meet the same mark again after exactly 2^20 unknown outcomes of one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(u64);

const PHASE: u64 = 0b0111;
const OWED: u64 = 0b1000;
const TIMELESS: u64 = 0b01_0000;
const IGNORING: u64 = 0b10_0000;
const MARK_SHIFT: u32 = 6;
const MARK: u64 = (1 << 20) - 1;
const CYCLE_SHIFT: u32 = 26;
const CYCLE: u64 = (1 << 38) - 1;

const LAST_PASSING: u64 = 3;

impl Word {
    /// Closed, in the first cycle.
    pub(super) const FIRST: Self = Self::new(Phase::Closed, 0, 0);

    const fn new(phase: Phase, mark: u64, cycle: u64) -> Self {
        Self((cycle & CYCLE) << CYCLE_SHIFT | (mark & MARK) << MARK_SHIFT | code(phase))
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// The word after a change of phase: another cycle, the same mark.
    pub(super) const fn next_cycle(self, phase: Phase) -> Self {
        let cycle = (self.0 >> CYCLE_SHIFT).wrapping_add(1);
        Self::new(phase, self.mark(), cycle)
    }

    /// The word after one more unknown outcome was counted.
    pub(super) const fn next_mark(self) -> Self {
        let mark = self.mark().wrapping_add(1);
        Self::new(self.phase(), mark, self.0 >> CYCLE_SHIFT)
    }

    /// The word with a slot's number in place of the mark, for the admission of a probe: half-open
    /// nothing is marked.
    pub(super) const fn with_slot(self, slot: u32) -> Self {
        Self::new(self.phase(), slot as u64, self.0 >> CYCLE_SHIFT)
    }

    /// The lower 20 bits of the slot's number.
    pub(super) const fn is_slot(self, slot: u32) -> bool {
        self.mark() == slot as u64 & MARK
    }

    const fn mark(self) -> u64 {
        self.0 >> MARK_SHIFT & MARK
    }

    pub(super) const fn owed(self, owed: bool) -> Self {
        Self(if owed { self.0 | OWED } else { self.0 & !OWED })
    }

    pub(super) const fn timeless(self, timeless: bool) -> Self {
        Self(if timeless {
            self.0 | TIMELESS
        } else {
            self.0 & !TIMELESS
        })
    }

    /// Closed, nothing to tell, and a success needs no time.
    pub(super) const fn is_plainly_closed_and_timeless(self) -> bool {
        self.0 & (PHASE | OWED | TIMELESS) == code(Phase::Closed) | TIMELESS
    }

    pub(super) const fn ignoring_successes(self, ignoring: bool) -> Self {
        Self(if ignoring {
            self.0 | IGNORING
        } else {
            self.0 & !IGNORING
        })
    }

    /// A success changes nothing, of whichever cycle it is.
    pub(super) const fn ignores_successes(self) -> bool {
        self.0 & IGNORING != 0
    }

    pub(super) const fn is_owed(self) -> bool {
        self.0 & OWED != 0
    }

    /// Closed, and nothing to tell: the hot case.
    pub(super) const fn is_plainly_closed(self) -> bool {
        self.0 & (PHASE | OWED) == code(Phase::Closed)
    }

    /// Closed, forced closed, disabled or metrics-only: nobody is refused.
    pub(super) const fn lets_all_through(self) -> bool {
        self.0 & PHASE <= LAST_PASSING
    }

    pub(super) const fn is_same_cycle(self, other: Self) -> bool {
        (self.0 ^ other.0) >> CYCLE_SHIFT == 0
    }

    pub(super) const fn is_same_mark(self, other: Self) -> bool {
        (self.0 ^ other.0) >> MARK_SHIFT & MARK == 0
    }

    pub(super) const fn phase(self) -> Phase {
        match self.0 & PHASE {
            0 => Phase::Closed,
            1 => Phase::ForcedClosed,
            2 => Phase::Disabled,
            3 => Phase::MetricsOnly,
            4 => Phase::Open,
            5 => Phase::HalfOpen,
            _ => Phase::ForcedOpen,
        }
    }
}

const fn code(phase: Phase) -> u64 {
    match phase {
        Phase::Closed => 0,
        Phase::ForcedClosed => 1,
        Phase::Disabled => 2,
        Phase::MetricsOnly => LAST_PASSING,
        Phase::Open => 4,
        Phase::HalfOpen => 5,
        Phase::ForcedOpen => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Phase; 7] = [
        Phase::Closed,
        Phase::ForcedClosed,
        Phase::Disabled,
        Phase::MetricsOnly,
        Phase::Open,
        Phase::HalfOpen,
        Phase::ForcedOpen,
    ];

    #[test]
    fn a_word_gives_back_the_phase_it_was_made_of() {
        for phase in ALL {
            for (mark, cycle) in [(0, 0), (1, 1), (u64::MAX, u64::MAX)] {
                let word = Word::new(phase, mark, cycle);
                assert_eq!(word.phase(), phase);
                assert_eq!(word.owed(true).phase(), phase);
                assert_eq!(Word::from_bits(word.bits()), word);
                assert!(!word.is_owed());
                assert!(word.owed(true).is_owed());
                assert_eq!(word.owed(true).owed(false), word);
            }
        }
    }

    #[test]
    fn only_the_two_open_phases_and_half_open_may_refuse() {
        let passing = |phase| Word::new(phase, 7, 9).lets_all_through();
        let refusing = [Phase::Open, Phase::HalfOpen, Phase::ForcedOpen];
        for phase in ALL {
            assert_eq!(passing(phase), !refusing.contains(&phase), "{phase:?}");
        }
    }

    #[test]
    fn only_closed_with_nothing_owed_is_plainly_closed() {
        for phase in ALL {
            let word = Word::new(phase, u64::MAX, u64::MAX);
            assert_eq!(word.is_plainly_closed(), phase == Phase::Closed);
            assert!(!word.owed(true).is_plainly_closed());
        }
    }

    #[test]
    fn what_a_success_may_leave_undone_is_told_apart_from_everything_else() {
        for phase in ALL {
            let word = Word::new(phase, 7, 9);
            let timeless = word.timeless(true);
            assert_eq!(
                timeless.is_plainly_closed_and_timeless(),
                phase == Phase::Closed
            );
            assert!(!word.is_plainly_closed_and_timeless() && !timeless.ignores_successes());
            assert!(!timeless.owed(true).is_plainly_closed_and_timeless());
            assert_eq!(timeless.timeless(false), word);
            let ignoring = word.ignoring_successes(true);
            assert!(ignoring.ignores_successes() && !word.ignores_successes());
            assert!(!ignoring.is_plainly_closed_and_timeless());
            assert_eq!(ignoring.ignoring_successes(false), word);
            for marked in [timeless, ignoring] {
                assert!(marked.is_same_cycle(word) && marked.is_same_mark(word));
                assert_eq!(marked.phase(), phase);
                assert_eq!(marked.next_cycle(phase), word.next_cycle(phase));
            }
        }
    }

    #[test]
    fn a_new_cycle_keeps_the_mark_and_a_new_mark_keeps_the_cycle() {
        let word = Word::new(Phase::Closed, 3, 5);
        assert_eq!(word.next_cycle(Phase::Open), Word::new(Phase::Open, 3, 6));
        assert_eq!(word.next_mark(), Word::new(Phase::Closed, 4, 5));
        let last = Word::new(Phase::Open, MARK, CYCLE);
        assert_eq!(
            last.next_cycle(Phase::Open),
            Word::new(Phase::Open, MARK, 0)
        );
        assert_eq!(last.next_mark(), Word::new(Phase::Open, 0, CYCLE));
    }

    #[test]
    fn a_probe_s_word_tells_its_slot_and_its_cycle() {
        let half_open = Word::new(Phase::HalfOpen, 3, 5);
        let probe = half_open.with_slot(9);
        assert!(probe.is_slot(9));
        assert!(!probe.is_slot(8));
        assert!(probe.is_same_cycle(half_open));
        assert_eq!(probe.phase(), Phase::HalfOpen);
        assert!(half_open.with_slot(u32::MAX).is_slot(u32::MAX));
    }

    #[test]
    fn mark_and_cycle_are_told_apart_from_each_other() {
        let word = Word::new(Phase::Closed, 3, 5);
        assert!(word.is_same_cycle(Word::new(Phase::Closed, 4, 5).owed(true)));
        assert!(!word.is_same_cycle(Word::new(Phase::Closed, 3, 6)));
        assert!(!word.is_same_cycle(Word::new(Phase::Closed, 3, 5 | 1 << 37)));
        assert!(word.is_same_mark(Word::new(Phase::Closed, 3, 6).owed(true)));
        assert!(!word.is_same_mark(Word::new(Phase::Closed, 2, 5)));
        assert!(!word.is_same_mark(Word::new(Phase::Closed, 3 | 1 << 19, 5)));
    }
}
