
impl Adapted for crate::Error {
    fn rejected(rejected: Rejected) -> Self {
        Self::io(rejected.into())
    }
}
