//! Work that takes a processor for a while, on a thread of its own, so that nobody else's answer waits for it.

/// Runs it there.
pub(crate) async fn apart<T, E, F>(of: F) -> Result<T, E>
where
    T: Send + 'static,
    E: Send + 'static,
    F: AsyncFnOnce() -> Result<T, E> + Send + 'static,
{
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(of())).await;
    done.unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic()))
}
