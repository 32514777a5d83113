//! A wire between the server and PostgreSQL that can be cut or held at any piece that passes it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::{Notify, watch};

/// Which way a piece goes that brings the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the server to PostgreSQL: PostgreSQL never sees it.
    Asking,
    /// From PostgreSQL to the server: it is done, but the server never hears of it.
    Answering,
}

/// The wire; it is taken down when this is dropped.
pub struct Proxy {
    /// Where the server connects to.
    pub address: SocketAddr,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

struct State {
    /// Pieces that may still pass until the fault, by way; negative: no fault is due.
    left: [AtomicI64; 2],
    /// Nothing passes.
    held: watch::Sender<bool>,
    /// All connections are cut.
    cut: Notify,
    /// A due fault holds instead of cutting.
    holds: AtomicBool,
    /// Told when a fault has struck.
    struck: Notify,
}

impl Proxy {
    /// A wire to the socket of a PostgreSQL.
    ///
    /// # Errors
    /// The system's.
    pub async fn to(socket: PathBuf) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            left: [AtomicI64::new(-1), AtomicI64::new(-1)],
            held: watch::Sender::new(false),
            cut: Notify::new(),
            holds: AtomicBool::new(false),
            struck: Notify::new(),
        });
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (socket, state) = (socket.clone(), shared.clone());
                tokio::spawn(async move {
                    let Ok(server) = UnixStream::connect(socket).await else { return };
                    let _ = client.set_nodelay(true); // It is slower without.
                    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                    tokio::select! {
                        () = state.pass(from_client, to_server, Way::Asking) => {}
                        () = state.pass(from_server, to_client, Way::Answering) => {}
                        () = state.cut.notified() => {}
                    }
                });
            }
        });
        Ok(Self { address, state, task })
    }
    /// Cuts every connection when so many more pieces have passed this way, instead of letting the next one through.
    pub fn cut_after(&self, pieces: u32, way: Way) {
        self.state.holds.store(false, Ordering::SeqCst);
        self.state.left[way as usize].store(i64::from(pieces), Ordering::SeqCst);
    }
    /// The same, but holds everything, with its connections open, until [`Proxy::let_go`].
    pub fn hold_after(&self, pieces: u32, way: Way) {
        self.state.holds.store(true, Ordering::SeqCst);
        self.state.left[way as usize].store(i64::from(pieces), Ordering::SeqCst);
    }
    /// Waits until the fault has struck.
    pub async fn struck(&self) {
        self.state.struck.notified().await;
    }
    /// Lets everything pass again.
    pub fn let_go(&self) {
        self.state.held.send_replace(false);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.state.cut.notify_waiters();
    }
}

impl State {
    /// Passes pieces on until the connection ends.
    async fn pass(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, way: Way) {
        let (mut piece, mut held) = (vec![0; 16 * 1024], self.held.subscribe());
        loop {
            let Ok(n @ 1..) = from.read(&mut piece).await else { return };
            if self.left[way as usize].fetch_update(Ordering::SeqCst, Ordering::SeqCst, |l| (l >= 0).then_some(l - 1)) == Ok(0) {
                self.struck.notify_one();
                if !self.holds.load(Ordering::SeqCst) {
                    self.cut.notify_waiters();
                    return;
                }
                self.held.send_replace(true);
            }
            // It ends with this wire.
            let Ok(_) = held.wait_for(|h| !h).await else { return };
            if to.write_all(&piece[..n]).await.is_err() {
                return;
            }
        }
    }
}
