//! Connections: how many there may be, how long one may say nothing. What is beyond them waits in the kernel, which costs this process
//! nothing; so the many who knock without end during an overload cannot use up the processor that serves those who are inside.

use super::admit::Peer;
use crate::admission::Admission;
use axum::Router;
use axum::body::Body;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

/// Most connections at a time. A county has some four hundred stations, and some hundreds at desks.
pub const MOST: usize = 4_096;
/// Connections that may wait in the kernel. While hardly anyone is turned away they are taken at once; while many are, a long line would
/// hold those who have given up by the time they are heard. For whoever finds it full the sender's kernel tries again after one second,
/// three, seven.
const BACKLOG: u32 = 128;
/// Files that this process needs besides: the database's connections, the log.
const OTHER_FILES: u64 = 128;
/// How long a connection may take to send the head of its next request: as long as common servers keep one that is silent.
pub(crate) const SILENCE: Duration = Duration::from_secs(75);
/// How long requests under way have when the server is told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// After the system had no more files or memory for a connection.
const RECOVERY: Duration = Duration::from_millis(500);

/// How many connections the system allows, up to [`MOST`]: the limit on open files is raised as far as it goes.
pub fn most() -> usize {
    let files = rlimit::increase_nofile_limit(MOST as u64 + OTHER_FILES).unwrap_or(1_024);
    let allowed = (files.saturating_sub(OTHER_FILES) as usize).clamp(16, MOST);
    if allowed < MOST {
        tracing::warn!(allowed, "the limit on open files (ulimit -n) allows fewer connections than {MOST}");
    }
    allowed
}

/// Listens at an address.
///
/// # Errors
/// If something else does already, or this user may not.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that was killed leaves connections behind; the next one does not wait for their end.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until told to stop; requests under way are finished.
///
/// # Errors
/// None at present: what goes wrong with one connection is that connection's.
pub async fn serve(router: Router, listener: TcpListener, gate: Admission, stop: impl Future<Output = ()> + Send) -> std::io::Result<()> {
    let (room, graceful) = (gate.connections(), GracefulShutdown::new());
    tokio::pin!(stop);
    loop {
        let (place, stream) = tokio::select! {
            accepted = async { gate.before_another_connection().await; next(&listener, &room).await } => accepted,
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true); // It is slower without, and that is all.
        let Ok(peer) = stream.peer_addr() else { continue };
        let router = router.clone();
        let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SILENCE)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _ = connection.await; // A connection that breaks is its sender's to make again.
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    Ok(())
}

/// The next connection, when there is a place for it.
pub(crate) async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> (OwnedSemaphorePermit, TcpStream) {
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { std::future::pending().await };
        match listener.accept().await {
            Ok((stream, _)) => return (place, stream),
            Err(e) if matches!(e.kind(), std::io::ErrorKind::ConnectionAborted | std::io::ErrorKind::ConnectionReset) => {}
            Err(e) => {
                let address = listener.local_addr().ok();
                tracing::error!(error = %e, ?address, "a connection was not accepted");
                tokio::time::sleep(RECOVERY).await;
            }
        }
    }
}
