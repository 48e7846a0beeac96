//! `clone(arg)`: one argument for every attempt.

/// Hands out a clone for every attempt, and the value itself for the last one.
#[derive(Debug)]
pub struct Replay<T>(Option<T>);

impl<T: Clone> Replay<T> {
    /// Takes the argument.
    pub const fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// The argument for the next attempt.
    ///
    /// # Panics
    ///
    /// When asked again after the last attempt, which the loop never does: it ends with it.
    #[inline]
    pub fn next(&mut self, last: bool) -> T {
        let value = if last { self.0.take() } else { self.0.clone() };
        value.expect("the loop ends with the last attempt, so nobody asks after it")
    }

    /// The argument for whoever looks at it between attempts.
    ///
    /// # Panics
    ///
    /// When the last attempt took it, which it does not where somebody looks afterwards.
    #[inline]
    pub fn look(&self) -> &T {
        self.0
            .as_ref()
            .expect("every attempt gets a clone where the argument is looked at afterwards")
    }
}

/// An argument on its way into the block of one lane: taken out there, it moves the block's own way whatever its type.
///
/// (A block without `move` borrows what it only copies, and would then borrow from the round of the loop that made it.)
#[derive(Debug)]
pub struct Moved<T>(T);

impl<T> Moved<T> {
    /// Packs it.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Unpacks it.
    #[inline]
    pub fn take(self) -> T {
        self.0
    }
}
