//! `#[breaker]`: when to stop calling a partner that fails, and when to try again.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, Path};

use super::Policy;
use super::common::path;
use super::naming::{Naming, numbers_elsewhere};
use super::timeout::Timeout;
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At};

#[derive(Clone, Copy)]
pub(crate) enum Window {
    Time(Duration),
    Count(u32),
}

pub(crate) struct Breaker {
    pub(crate) naming: Naming,
    pub(crate) failure_rate: Option<At<u16>>,
    pub(crate) min_calls: Option<At<u32>>,
    pub(crate) window: Option<At<Window>>,
    pub(crate) consecutive: Option<At<u32>>,
    pub(crate) slow: Option<At<Duration>>,
    pub(crate) slow_rate: Option<At<u16>>,
    pub(crate) open: Option<At<Duration>>,
    pub(crate) max_open: Option<At<Duration>>,
    pub(crate) probes: Option<At<u32>>,
    pub(crate) ignore: Option<Path>,
}

pub(crate) const WINDOW: Duration = Duration::from_secs(10);
pub(crate) const OPEN: Duration = Duration::from_secs(1);
pub(crate) const MIN_CALLS: u32 = 20;

// The limits of the run time, which are held against it by `tests/tests/limits.rs`.
const SHORTEST: Duration = Duration::from_nanos(1);
const SHORTEST_WINDOW: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const LARGEST_WINDOW: u32 = 100_000;
const MOST_PROBES: u32 = 1_000;

impl Policy for Breaker {
    fn naming(&mut self) -> Option<&mut Naming> {
        Some(&mut self.naming)
    }

    const OPTIONS: &'static [Spec] = &[
        spec("key", Form::List, "key(region)"),
        spec("failure_rate", Form::Assign, "failure_rate = \"50%\""),
        spec("min_calls", Form::Assign, "min_calls = 20"),
        spec("window", Form::Assign, "window = \"10s\""),
        spec("consecutive", Form::Assign, "consecutive = 5"),
        spec("slow", Form::Assign, "slow = \"1s\""),
        spec("slow_rate", Form::Assign, "slow_rate = \"80%\""),
        spec("open", Form::Assign, "open = \"1s\""),
        spec("max_open", Form::Assign, "max_open = \"30s\""),
        spec("probes", Form::Assign, "probes = 1"),
        spec("ignore", Form::List, "ignore(is_expected)"),
    ];

    fn parse(_span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        let unnamed = options.take_unnamed();
        let naming = Naming::parse("breaker", unnamed, options, errors);
        let breaker = Self {
            failure_rate: options
                .assign("failure_rate")
                .and_then(|(_, e)| value::percent("failure_rate", &e, errors)),
            min_calls: options.assign("min_calls").and_then(|(_, e)| {
                value::count("min_calls", "min_calls = 20", &e, 1..=u32::MAX, errors)
            }),
            window: options
                .assign("window")
                .and_then(|(_, e)| window(&e, errors)),
            consecutive: options.assign("consecutive").and_then(|(_, e)| {
                value::count("consecutive", "consecutive = 5", &e, 1..=u32::MAX, errors)
            }),
            slow: options
                .assign("slow")
                .and_then(|(_, e)| value::duration_within("slow", &e, SHORTEST..=LONGEST, errors)),
            slow_rate: options
                .assign("slow_rate")
                .and_then(|(_, e)| value::percent("slow_rate", &e, errors)),
            open: options
                .assign("open")
                .and_then(|(_, e)| value::duration_within("open", &e, SHORTEST..=LONGEST, errors)),
            max_open: options.assign("max_open").and_then(|(_, e)| {
                value::duration_within("max_open", &e, SHORTEST..=LONGEST, errors)
            }),
            probes: options.assign("probes").and_then(|(_, e)| {
                value::count("probes", "probes = 1", &e, 1..=MOST_PROBES, errors)
            }),
            ignore: options
                .list("ignore")
                .and_then(|(key, tokens)| path("ignore", &key, tokens, errors)),
            naming,
        };
        if !breaker.naming.own_numbers() {
            for span in breaker.numbers() {
                numbers_elsewhere("breaker", span, errors);
            }
        }
        breaker
    }
}

/// `window = "10s"` slides over time, `window = 100` over calls.
fn window(expr: &Expr, errors: &mut Errors) -> Option<At<Window>> {
    if let Some(syn::Lit::Int(int)) = value::literal(expr) {
        if int.suffix().is_empty() {
            return value::count("window", "window = 100", expr, 2..=LARGEST_WINDOW, errors)
                .map(|count| At::new(Window::Count(count.value), count.span));
        }
    }
    value::duration_within("window", expr, SHORTEST_WINDOW..=LONGEST, errors)
        .map(|time| At::new(Window::Time(time.value), time.span))
}

impl Breaker {
    fn numbers(&self) -> Vec<Span> {
        let spans = [
            self.failure_rate.map(|at| at.span),
            self.min_calls.map(|at| at.span),
            self.window.map(|at| at.span),
            self.consecutive.map(|at| at.span),
            self.slow.map(|at| at.span),
            self.slow_rate.map(|at| at.span),
            self.open.map(|at| at.span),
            self.max_open.map(|at| at.span),
            self.probes.map(|at| at.span),
        ];
        spans.into_iter().flatten().collect()
    }

    /// The window: the one that is written, or one that holds two attempts where the default would not. A breaker
    /// that functions share keeps the default: they would widen it differently.
    pub(crate) fn window_beside(&self, timeout: Option<&Timeout>) -> Option<Window> {
        if let Some(at) = self.window {
            return Some(at.value);
        }
        let attempt = timeout.and_then(|timeout| timeout.attempt.or(timeout.whole()))?;
        let two = attempt.value.saturating_mul(2).min(LONGEST);
        (self.naming.is_own() && two > WINDOW).then_some(Window::Time(two))
    }

    /// The settings as a constant expression; only what differs from the defaults is written.
    pub(crate) fn settings(&self, timeout: Option<&Timeout>, private: &TokenStream) -> TokenStream {
        let mut settings = quote!(#private::breaker::Settings::new());
        let mut set = |name: &str, value: TokenStream| {
            let name = proc_macro2::Ident::new(name, Span::mixed_site());
            settings.extend(quote!(.#name(#value)));
        };
        let ratio = |at: At<u16>| {
            let hundredths = at.value;
            quote!(#private::breaker::Ratio::hundredths(#hundredths))
        };
        let nanos = |duration: Duration| crate::render::duration(private, duration);
        if let Some(at) = self.failure_rate {
            set("failure_rate", ratio(at));
        }
        if let Some(At { value, .. }) = self.min_calls {
            set("min_calls", quote!(#value));
        }
        match self.window_beside(timeout) {
            Some(Window::Time(time)) => {
                let time = nanos(time);
                set("window", quote!(#private::breaker::Window::Time(#time)));
            }
            Some(Window::Count(calls)) => {
                set("window", quote!(#private::breaker::Window::Count(#calls)));
            }
            None => {}
        }
        if let Some(At { value, .. }) = self.consecutive {
            set("consecutive", quote!(#value));
        }
        if let Some(at) = self.slow {
            set("slow", nanos(at.value));
        }
        if let Some(at) = self.slow_rate {
            set("slow_rate", ratio(at));
        }
        if let Some(at) = self.open {
            set("open", nanos(at.value));
        }
        if let Some(at) = self.max_open {
            set("max_open", nanos(at.value));
        }
        if let Some(At { value, .. }) = self.probes {
            set("probes", quote!(#value));
        }
        settings
    }
}
