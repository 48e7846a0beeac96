//! A file in TOML: tables `[call."name"]`, `[dependency."name"]` and `[breaker."name"]` go in, overrides with their
//! lines come out. Refuses whatever it does not know, and goes on behind it.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::error::Error;
use super::key::{STATES, find, unknown};
use super::{Origin, Set, Target, What};

const TARGETS: &[&str] = &[
    "call",
    "dependency",
    "hedge",
    "breaker",
    "bulkhead",
    "rate_limit",
    "budget",
];

/// Reads a whole text; `file` stands in front of each line's number.
pub(super) fn read(text: &str, file: &str, sets: &mut Vec<Set>, errors: &mut Vec<Error>) {
    let mut reader = Reader {
        text,
        file,
        sets,
        errors: Vec::new(),
    };
    let (document, wrong) = DeTable::parse_recoverable(text);
    if wrong.is_empty() {
        reader.document(document.get_ref());
    }
    for error in wrong {
        let start = error.span().map_or(0, |span| span.start);
        reader.error(start, error.message());
    }
    // Tables come in the order of their names; a reader goes from the top of the file to its end.
    let mut wrong = reader.errors;
    wrong.sort_by_key(|(offset, _)| *offset);
    errors.extend(wrong.into_iter().map(|(_, error)| error));
}

struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    sets: &'a mut Vec<Set>,
    /// Each with its offset.
    errors: Vec<(usize, Error)>,
}

impl Reader<'_> {
    /// `resilient.toml:3:9`, counted from 1, the column in characters.
    fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[start..].chars().count() + 1;
        let colon = if self.file.ends_with(' ') { "" } else { ":" };
        format!("{}{colon}{line}:{column}", self.file)
    }

    fn error(&mut self, offset: usize, reason: &str) {
        let at = self.place(offset);
        self.errors.push((offset, Error::new(&at, reason)));
    }

    /// The table below a key.
    fn table<'v, 'i>(
        &mut self,
        key: &Spanned<std::borrow::Cow<'i, str>>,
        value: &'v Spanned<DeValue<'i>>,
        usage: &str,
    ) -> Option<&'v DeTable<'i>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        let reason = format!("`{}` is a table: {usage}", key.get_ref());
        self.error(key.span().start, &reason);
        None
    }

    fn document(&mut self, document: &DeTable<'_>) {
        for (target, names) in document {
            let word: &str = target.get_ref();
            if !TARGETS.contains(&word) {
                let reason = unknown("table", word, TARGETS);
                self.error(target.span().start, &reason);
                continue;
            }
            let usage = format!("`[{word}.\"name\"]`");
            let Some(names) = self.table(target, names, &usage) else {
                continue;
            };
            for (name, inside) in names {
                if let Some(inside) = self.table(name, inside, &usage) {
                    self.target(word, name.get_ref(), inside);
                }
            }
        }
    }

    /// Everything below one name.
    fn target(&mut self, word: &str, name: &str, inside: &DeTable<'_>) {
        let name = name.to_owned();
        if let Some(state) = STATES.iter().find(|state| **state == word) {
            return self.keys(&Target(What::State(state, name)), word, inside);
        }
        let target = Target(if word == "call" {
            What::Call(name)
        } else {
            What::Dependency(name)
        });
        for (section, keys) in inside {
            let usage = format!("`{}.key = value`", section.get_ref());
            if let Some(keys) = self.table(section, keys, &usage) {
                if keys.is_empty() && find(section.get_ref(), "").is_err() {
                    self.keys_of_nothing(section);
                }
                self.keys(&target, section.get_ref(), keys);
            }
        }
    }

    /// A section without keys is still a word that must be known.
    fn keys_of_nothing(&mut self, section: &Spanned<std::borrow::Cow<'_, str>>) {
        let reason = super::key::no_section(section.get_ref());
        let known = super::key::KEYS
            .iter()
            .any(|key| key.section == section.get_ref().as_ref());
        if !known {
            self.error(section.span().start, &reason);
        }
    }

    fn keys(&mut self, target: &Target, section: &str, keys: &DeTable<'_>) {
        for (name, value) in keys {
            let key = match find(section, name.get_ref()) {
                Ok(key) => key,
                Err(reason) => {
                    self.error(name.span().start, &reason);
                    continue;
                }
            };
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.to_string(),
                DeValue::Float(number) => number.to_string(),
                _ => {
                    let reason = format!("`{key}` is a string or a number");
                    self.error(value.span().start, &reason);
                    continue;
                }
            };
            let at = self.place(name.span().start);
            match Set::read(target.clone(), false, key, &text, Origin::File, &at) {
                Ok(set) => self.sets.push(set),
                Err(reason) => self.error(value.span().start, &reason),
            }
        }
    }
}
