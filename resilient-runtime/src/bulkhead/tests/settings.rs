//! Which numbers a bulkhead takes, and which of two hold.

use super::*;

#[test]
fn the_stricter_of_two_settings_holds_field_by_field() {
    let long = Settings::new(10).wait(WAIT);
    let short = Settings::new(20).wait(WAIT / 2).queue(15);
    let both = Core::stricter(long, short);
    assert_eq!(both, Settings::new(10).wait(WAIT / 2).queue(10));
    assert_eq!(Core::stricter(short, long), both);
    assert_eq!(Core::stricter(long, Settings::new(5)), Settings::new(5));
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_a_cure() {
    let wrong = [
        (Settings::new(0), "at least 1"),
        (Settings::new(u32::MAX), "at most 2147483647"),
        (Settings::new(1).wait(Duration::ZERO), "leave `wait` out"),
        (Settings::new(1).queue(3), "say how long with `wait`"),
        (
            Settings::new(1).wait(WAIT).queue(0),
            "leave `queue` and `wait` out",
        ),
        (
            Settings::new(1).wait(WAIT).queue(u32::MAX),
            "at most 2147483647",
        ),
    ];
    for (settings, part) in wrong {
        let said = settings.validate().expect_err("not a bulkhead");
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(Settings::new(1).wait(WAIT).queue(3).validate(), Ok(()));
}

#[test]
fn its_state_is_small_and_a_permit_two_words() {
    assert!(size_of::<Core>() <= 184, "{}", size_of::<Core>());
    assert_eq!(size_of::<Permit>(), 2 * size_of::<usize>());
    assert_eq!(size_of::<Entry>(), 3 * size_of::<usize>());
}
