//! The results as a page. In: every case and what came of it. Out: the part of `docs/conformance.md` behind its mark.

use std::fmt::Write as _;

use super::case::{Case, Class};
use super::decisions;
use super::play::Miss;

pub type Played = (Case, Result<(), Miss>);

/// From here on the page is written by the test.
pub const MARK: &str = "<!-- written by the test from here on -->";

pub fn render(played: &[Played]) -> String {
    let mut page = format!("{MARK}\n\n# Results\n\n");
    summary(&mut page, played);
    page.push_str("\n# Not met\n\n| case | it takes | here |\n|---|---|---|\n");
    for (case, result) in played {
        if let Err(miss) = result {
            row(&mut page, case, &answer(case, miss));
        }
    }
    page.push_str("\n# Met when asked for\n\nThe reading is not the default, but can be had.\n\n");
    page.push_str("| case | it takes | how |\n|---|---|---|\n");
    for (case, result) in played {
        if let (Ok(()), Some(how)) = (result, decisions::asked_for(case)) {
            row(&mut page, case, how);
        }
    }
    page.push_str("\n# Every case\n");
    every(&mut page, played);
    page
}

fn answer(case: &Case, miss: &Miss) -> String {
    match (decisions::of(case), miss) {
        (Some(why), _) => format!("differs: {why}"),
        (None, Miss::Lacks(what)) => format!("lacks {what}"),
        (None, Miss::Differs(what)) => format!("**undecided**: {what}"),
    }
}

fn row(page: &mut String, case: &Case, text: &str) {
    let takes = case
        .choice
        .as_ref()
        .map_or("(universal)", |choice| &choice.takes);
    let takes = takes.replace('|', "\\|");
    let _ = writeln!(page, "| `{}` | {takes} | {text} |", case.id);
}

/// Groups in the order in which they come.
fn groups(played: &[Played]) -> Vec<&str> {
    let mut groups: Vec<&str> = Vec::new();
    for (case, _) in played {
        if !groups.contains(&case.group.as_str()) {
            groups.push(&case.group);
        }
    }
    groups
}

fn summary(page: &mut String, played: &[Played]) {
    page.push_str("| group | universal | met | choice | met | differs | lacks |\n|---|---|---|---|---|---|---|\n");
    for group in groups(played) {
        let of_group = played.iter().filter(|(case, _)| case.group == group);
        line(page, group, of_group);
    }
    line(page, "**all**", played.iter());
}

fn line<'a>(page: &mut String, group: &str, played: impl Iterator<Item = &'a Played>) {
    let (mut universal, mut met, mut choice, mut met_choice) = (0, 0, 0, 0);
    let (mut differs, mut lacks) = (0, 0);
    for (case, result) in played {
        let decided = decisions::of(case).is_some();
        match (case.class, result) {
            (Class::Universal, result) => {
                universal += 1;
                met += u32::from(result.is_ok());
                lacks += u32::from(result.is_err());
            }
            (Class::Choice, result) => {
                choice += 1;
                met_choice += u32::from(result.is_ok());
                differs += u32::from(result.is_err() && decided);
                lacks += u32::from(result.is_err() && !decided);
            }
        }
    }
    let _ = writeln!(
        page,
        "| {group} | {universal} | {met} | {choice} | {met_choice} | {differs} | {lacks} |"
    );
}

fn every(page: &mut String, played: &[Played]) {
    for group in groups(played) {
        let _ = writeln!(
            page,
            "\n## {group}\n\n| case | class | result | says |\n|---|---|---|---|"
        );
        for (case, result) in played.iter().filter(|(case, _)| case.group == group) {
            let class = match case.class {
                Class::Universal => "universal",
                Class::Choice => "choice",
            };
            let result = match result {
                Ok(()) => "met",
                Err(_) if decisions::of(case).is_some() => "differs",
                Err(_) => "lacks",
            };
            let title = case.title.replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {class} | {result} | {title} |", case.id);
        }
    }
}
