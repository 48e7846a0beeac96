//! STUB
#![allow(missing_docs, dead_code, clippy::all, clippy::pedantic)]
use crate::clock::Stamp;
use crate::shared::State;
use crate::breaker::Ratio;
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings { n: u32 }
impl Settings { pub const fn new() -> Self { Self { n: 1 } } pub const fn earn(self, _r: Ratio) -> Self { self } pub const fn save(self, _r: u32) -> Self { self } }
pub(crate) struct Core { s: Settings }
impl State for Core { type Settings = Settings; const POLICY: &'static str = "budget"; fn new(s: Settings) -> Self { Self { s } } fn settings(&self) -> Settings { self.s }
 fn configure(&self, _: Settings) {} fn stricter(a: Settings, _: Settings) -> Settings { a } fn is_idle(&self, _: Stamp) -> bool { true } fn reset(&self, _: Stamp) {} }
impl Core { pub(crate) fn earn(&self, _: Stamp) {} pub(crate) fn spend(&self, _: bool, _: Stamp) -> bool { true } }
crate::shared::handle! { /// x
 Budget, Core, Settings }
