
impl Adapted for crate::error::CmdError {
    fn rejected(rejected: Rejected) -> Self {
        Self::Lost(rejected.into())
    }
}

impl Adapted for crate::error::NewSessionError {
    fn rejected(rejected: Rejected) -> Self {
        Self::Lost(rejected.into())
    }
}
