//! Which numbers a retry budget takes, which of two hold, what changing them does.

use super::*;

#[test]
fn settings_come_back_as_they_were_written() {
    for settings in [
        Settings::new(),
        Settings::new().earn(Ratio::hundredths(1)).save(u32::MAX),
        Settings::new().earn(Ratio::hundredths(u16::MAX)).save(0),
    ] {
        assert_eq!(Core::new(settings).settings(), settings);
    }
}

#[test]
fn other_settings_hold_from_now_on_and_keep_what_is_saved() {
    let core = Core::new(Settings::new());
    core.configure(Settings::new().earn(Ratio::percent(50)).save(10));
    assert_eq!(core.tokens(NOW), 5 * TOKEN);
    core.earn(NOW);
    assert_eq!(core.tokens(NOW), 5 * TOKEN + TOKEN / 2);
    core.configure(Settings::new().save(2));
    assert_eq!(core.tokens(NOW), 2 * TOKEN);
    assert_eq!(drain(&core, NOW), 2);
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let core = Core::new(
        Settings::new()
            .earn(Ratio::hundredths(u16::MAX))
            .save(u32::MAX),
    );
    for seconds in [0.0, 1.0] {
        core.earn(later(seconds));
        assert!(core.spend(true, later(seconds)));
        core.give_back(true, later(seconds));
    }
    assert_eq!(core.tokens(later(1.0)), u64::from(u32::MAX) * TOKEN);
}

#[test]
fn the_stricter_of_two_settings_holds_field_by_field() {
    let mean = Settings::new().earn(Ratio::percent(10)).save(9);
    let small = Settings::new().earn(Ratio::percent(30)).save(2);
    let both = Settings::new().earn(Ratio::percent(10)).save(2);
    assert_eq!(Core::stricter(mean, small), both);
    assert_eq!(Core::stricter(small, mean), both);
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_a_cure() {
    let wrong = [
        (
            Settings::new().earn(Ratio::hundredths(0)),
            "say `earn = \"20%\"`",
        ),
        (
            Settings::new().earn(Ratio::hundredths(10_001)),
            "not 100.01%",
        ),
        (Settings::new().save(1), "save at least as much"),
        (Settings::new().save(0), "save at least as much"),
    ];
    for (settings, part) in wrong {
        let said = settings.validate().expect_err("not a budget");
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(Settings::default().validate(), Ok(()));
}

#[test]
fn its_state_is_small() {
    assert!(size_of::<Core>() <= 88, "{}", size_of::<Core>());
}
