
impl Adapted for crate::Error {
    fn rejected(rejected: Rejected) -> Self {
        Self::Other {
            source: Box::new(rejected),
            backtrace: snafu::GenerateImplicitData::generate(),
        }
    }
}
