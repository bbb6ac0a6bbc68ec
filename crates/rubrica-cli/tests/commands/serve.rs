//! The server: what it answers, what it refuses, and that it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

struct Server {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Server {
    fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let root = folder.path().join("dist");
        fs::create_dir(&root).expect("writes");
        fs::write(root.join("index.html"), "the page").expect("writes");
        fs::write(folder.path().join("secret"), "not for you").expect("writes");
        std::os::unix::fs::symlink(folder.path().join("secret"), root.join("link")).expect("links");
        let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"))
            .args(["serve", "--port", "0", "--dir"])
            .arg(&root)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, address, _folder: folder }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("sets");
        stream
    }

    /// The answer to a request, as text.
    fn get(&self, path: &str, host: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n").expect("sends");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    fn signal(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("runs").success());
    }

    /// Whether it ends in that time.
    fn ends(&mut self, within: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < within {
            if self.child.try_wait().expect("asks").is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_this_machine_and_this_folder() {
    let server = Server::start();
    let own = format!("Host: {}\r\n", server.address);
    assert!(server.get("/", &own).ends_with("the page"));
    let port = server.address.rsplit(':').next().expect("a port");
    assert!(server.get("/", &format!("Host: localhost:{port}\r\n")).ends_with("the page"));
    for host in ["Host: evil.example\r\n", "Host: localhost.evil.example\r\n"] {
        assert!(server.get("/", host).starts_with("HTTP/1.1 421"), "{host}");
    }
    assert!(server.get("/", "").starts_with("HTTP/1.1 400"));
    for path in ["/link", "/../secret", "/%2e%2e/secret"] {
        let answer = server.get(path, &own);
        assert!(
            !answer.contains("not for you") && answer.starts_with("HTTP/1.1 4"),
            "{path}: {answer}"
        );
    }
}

#[test]
fn connections_have_a_limit() {
    let server = Server::start();
    let open: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
    let mut last = server.connect();
    // Closed at once, where the limit is reached.
    let mut byte = [0];
    assert_eq!(last.read(&mut byte).unwrap_or(0), 0);
    drop(open);
    std::thread::sleep(Duration::from_millis(300));
    let own = format!("Host: {}\r\n", server.address);
    assert!(server.get("/", &own).ends_with("the page"));
}

#[test]
fn a_client_that_stalls_does_not_hold_up_the_end() {
    let mut server = Server::start();
    let mut stalled = server.connect();
    stalled.write_all(b"GET / HTTP/1.1\r\nHost: loc").expect("sends");
    std::thread::sleep(Duration::from_millis(100));
    server.signal();
    assert!(server.ends(Duration::from_secs(8)), "ends by itself");
    let mut server = Server::start();
    let mut stalled = server.connect();
    stalled.write_all(b"GET / HTTP/1.1\r\nHost: loc").expect("sends");
    std::thread::sleep(Duration::from_millis(100));
    server.signal();
    std::thread::sleep(Duration::from_millis(200));
    let _ = Command::new("kill").args(["-INT", &server.child.id().to_string()]).status();
    assert!(server.ends(Duration::from_millis(1500)), "a second one ends at once");
}
