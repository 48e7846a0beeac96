//! What is carried elsewhere. Goes in: the context of a moment. Comes out: the same context around code on another
//! thread, and a task that the attempt can ask.

use std::sync::Arc;

use crate::clock::Stamp;
use crate::context::{self, Begun, Task, Tasks};
use crate::scope::{Contents, Scope};

/// The context of the call it was made in, and what became of the work since.
pub(crate) struct Carried {
    deadline: Stamp,
    retries: u32,
    key: Option<Arc<str>>,
    scope: Option<Arc<Contents>>,
    task: Arc<Task>,
}

impl Carried {
    /// Of the call being polled; nothing outside of one.
    pub(crate) fn from_here() -> Self {
        Self {
            deadline: context::deadline(),
            retries: context::retries(),
            key: context::key(),
            scope: Scope::current().into_contents(),
            task: Task::new(),
        }
    }

    /// Of a call that its caller's end does not end: in its scope, and counted for the attempt that made it. Neither the time
    /// nor the key of that attempt holds there.
    pub(crate) fn detached() -> Self {
        Self {
            deadline: Stamp::FOREVER,
            retries: 0,
            key: None,
            scope: Scope::current().into_contents(),
            task: Task::new(),
        }
    }

    /// Runs code in there. What it starts is noted also when it panics.
    pub(crate) fn within<T>(&mut self, code: impl FnOnce() -> T) -> T {
        let Self {
            deadline,
            retries,
            key,
            scope,
            task,
        } = self;
        let mut noted = Noted {
            task,
            started: task.started(),
            made: Tasks::NONE,
        };
        // Its connection stays with the call, also where both are polled by one task.
        let mut no_transaction = None;
        let _outside = context::enter_transaction(&mut no_transaction);
        let _scope = context::enter_scope(scope);
        let _key = context::enter_key(key);
        let _retries = context::enter_retries(*retries);
        let _deadline = context::enter_alone(*deadline);
        let _made = context::enter_adopting(&mut noted.made, false);
        let _started = context::enter_task(&mut noted.started);
        code()
    }

    /// The work is over, one way or another.
    pub(crate) fn end(&self) {
        self.task.end();
    }
}

/// Writes into the task what happened, when the guards around the code are gone.
struct Noted<'a> {
    task: &'a Task,
    started: Begun,
    made: Tasks,
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.task.set_started(self.started);
        self.task.adopt(std::mem::take(&mut self.made));
    }
}
