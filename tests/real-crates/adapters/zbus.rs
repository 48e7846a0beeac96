
impl Adapted for crate::Error {
    fn rejected(rejected: Rejected) -> Self {
        Self::InputOutput(std::sync::Arc::new(rejected.into()))
    }
}

impl Adapted for crate::fdo::Error {
    fn rejected(rejected: Rejected) -> Self {
        Self::ZBus(crate::Error::rejected(rejected))
    }
}
