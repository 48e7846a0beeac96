//! An implementation may do less than its trait says, and nothing more.
use resilient_runtime::{idempotent, non_idempotent, read_only, retry, Classify, Failure};

#[derive(Debug)]
struct Lost;
impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

trait Gateway {
    #[idempotent]
    async fn cancel(&self) -> Result<(), Lost>;
    #[read_only]
    async fn status(&self) -> Result<(), Lost>;
    #[idempotent]
    async fn with_a_body(&self) -> Result<(), Lost> {
        Ok(())
    }
}

struct LargerEffect;
impl Gateway for LargerEffect {
    #[non_idempotent]
    async fn cancel(&self) -> Result<(), Lost> {
        Ok(())
    }
    #[idempotent]
    async fn status(&self) -> Result<(), Lost> {
        Ok(())
    }
}

struct LargerEffectOfARetry;
impl Gateway for LargerEffectOfARetry {
    #[retry(not_sent)]
    async fn cancel(&self) -> Result<(), Lost> {
        Ok(())
    }
    #[retry(idempotent)]
    async fn status(&self) -> Result<(), Lost> {
        Ok(())
    }
}

struct NoEffect;
impl Gateway for NoEffect {
    async fn cancel(&self) -> Result<(), Lost> {
        Ok(())
    }
    #[read_only]
    async fn status(&self) -> Result<(), Lost> {
        Ok(())
    }
    async fn with_a_body(&self) -> Result<(), Lost> {
        Ok(())
    }
}

// In the place of a body that is annotated the effect stays exactly the same.
struct OtherEffectThanTheBody;
impl Gateway for OtherEffectThanTheBody {
    #[idempotent]
    async fn cancel(&self) -> Result<(), Lost> {
        Ok(())
    }
    #[read_only]
    async fn status(&self) -> Result<(), Lost> {
        Ok(())
    }
    #[read_only]
    async fn with_a_body(&self) -> Result<(), Lost> {
        Ok(())
    }
}

fn main() {}
