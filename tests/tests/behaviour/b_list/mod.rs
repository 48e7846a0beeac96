//! The known mistakes of the field, B1 to B31 of the survey of peers, each as a test through annotated functions.
//!
//! | mistake | here | looked at more closely in |
//! |---|---|---|
//! | B1 window that never slides | `b01` | `breaker::counts`; the runtime's model of the window |
//! | B2 late result decides half-open; B2b probe of another cycle | `b02`, `b02b` | `breaker::phases` |
//! | B3 probe lost when dropped | `b03` | `drop::every_point`, `drop::crowds` |
//! | B4 half-open stampede | `b04` | `breaker::phases` |
//! | B5 cancelled calls invisible | `b05` | `breaker::counts` |
//! | B6 verdict one call late | `b06` | `breaker::phases` |
//! | B7 a service called without readiness | does not apply: a function has no readiness to poll | |
//! | B8 limit that starts behind the queue | `b08` | `timeout::limits` |
//! | B9 timer armed before the first poll | `b09` | `timeout::limits` |
//! | B10 truncated budget ratio | `b10` | the runtime's model of the budget |
//! | B11 `Retry-After` ignored | `b11` | `retry::backoff` |
//! | B12 jitter equal, beyond the cap, off, or always nothing | `b12` | `retry::backoff` |
//! | B13 server delay without cap or jitter | `b13` | `retry::backoff` |
//! | B14 unlimited, undelayed repeats by default | `b14` | `retry::classes`, `retry::budget` |
//! | B15 decision ignored | `b15` | `stack` |
//! | B16 panic as control flow | `b16` | `panic` |
//! | B17 `?` that leaves the loop | `b17` | `retry::classes` |
//! | B18 overflow before the cap | `b18` | the runtime's tests of the backoff |
//! | B19 swallowed options; B20 attribute that does nothing | compile time: the UI tests of options | |
//! | B21 memory that grows | `b21` | `breaker::identity`; `tests/state.rs` |
//! | B22 two clocks | `b22` | |
//! | B23 flag before stamp | not visible from outside: argued in the breaker's shell, its tests with threads | |
//! | B24 permit held during backoff | `b24` | `retry::refusals` |
//! | B25 work that goes on after its timeout | `b25` | `timeout::limits` |
//! | B26 callback under a lock | `b26` | `breaker::phases`, `observed`; `tests/state.rs` |
//! | B27 one hidden static for all | `b27` | `breaker::identity`, `identity`, `scopes` |
//! | B28 hooks that lie | `b28` | `retry::hooks`, `observed` |
//! | B29 every error repeated | `b29` | `retry::classes`; compile time: no classifier is an error |
//! | B30 budget refilled one for one | `b30` | `retry::budget` |
//! | B31 errors wrapped by every layer | `b31` | |

mod breakers;
mod limits;
mod newer;
mod repeats;
