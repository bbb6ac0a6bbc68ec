//! What the server answers at all: requests for this machine, and files below its folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What is served, and where.
pub(super) struct Guard {
    /// The folder, with links followed.
    pub(super) root: PathBuf,
    pub(super) port: u16,
}

/// Refuses requests by another host name (a page elsewhere whose name leads to this machine could read along), and
/// files that a link leads out of the folder to.
pub(super) async fn guard(
    State(state): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let hosts = request.headers().get_all(header::HOST);
    let mut hosts = hosts.iter().map(|host| host.to_str().unwrap_or_default());
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if is_here(host, state.port) => {}
        (None, _) => return refuse(StatusCode::BAD_REQUEST, "no Host header"),
        _ => {
            let text = "this server answers to localhost and 127.0.0.1 only";
            return refuse(StatusCode::MISDIRECTED_REQUEST, text);
        }
    }
    match leads_out(&state.root, request.uri().path()) {
        false => next.run(request).await,
        true => refuse(StatusCode::NOT_FOUND, "not found"),
    }
}

fn refuse(status: StatusCode, text: &'static str) -> Response {
    (status, format!("{text}\n")).into_response()
}

/// True for the names of this machine, with this port or none.
fn is_here(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, digits)) if !digits.ends_with(']') => match digits.parse::<u16>() {
            Ok(given) => (name, Some(given)),
            Err(_) => return false,
        },
        _ => (host, None),
    };
    let known = ["localhost", "127.0.0.1", "[::1]"];
    known.iter().any(|known| name.eq_ignore_ascii_case(known)) && given.is_none_or(|g| g == port)
}

/// True when what answers the path of a request, or its compressed form, lies outside of `root`.
fn leads_out(root: &Path, path: &str) -> bool {
    let Some(path) = decoded(path) else { return true };
    let parts: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.iter().any(|part| *part == ".." || part.contains(['\\', '\0'])) {
        return true;
    }
    let file = parts.iter().fold(root.to_owned(), |file, part| file.join(part));
    let index = file.join("index.html");
    let compressed = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push(".br");
        PathBuf::from(name)
    };
    [compressed(&file), compressed(&index), file, index]
        .iter()
        .filter_map(|path| path.canonicalize().ok())
        .any(|found| !found.starts_with(root))
}

/// `%41` and the like as the bytes they are; none for what is no UTF-8 then.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |at: usize| char::from(*after.get(at)?).to_digit(16);
        rest = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                &after[2..]
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine() {
        for host in [
            "localhost:8017",
            "127.0.0.1:8017",
            "LOCALHOST:8017",
            "[::1]:8017",
            "localhost",
            "[::1]",
        ] {
            assert!(is_here(host, 8017), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8017",
            "localhost:80",
            "localhost.evil.example:8017",
            "127.0.0.1.nip.io",
            "",
            "localhost:",
            "[::2]:8017",
        ] {
            assert!(!is_here(host, 8017), "{host}");
        }
    }

    #[test]
    fn paths_are_decoded_once() {
        assert_eq!(decoded("/a%20b/%C3%A9").as_deref(), Some("/a b/é"));
        assert_eq!(decoded("/%252e%2"), Some("/%2e%2".into()));
        assert_eq!(decoded("/%ff"), None);
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_seen() {
        use std::fs;
        use std::os::unix::fs::symlink;
        let all = tempfile::TempDir::new().expect("a folder");
        let (root, secret) = (all.path().join("root"), all.path().join("secret"));
        fs::create_dir_all(root.join("sub")).expect("writes");
        fs::create_dir(&secret).expect("writes");
        for file in [root.join("index.html"), root.join("sub/a.js"), secret.join("key")] {
            fs::write(file, "x").expect("writes");
        }
        symlink(secret.join("key"), root.join("key")).expect("links");
        symlink(&secret, root.join("out")).expect("links");
        symlink(secret.join("key"), root.join("sub/a.js.br")).expect("links");
        symlink(root.join("index.html"), root.join("same.html")).expect("links");
        let root = root.canonicalize().expect("there");
        for path in [
            "/key",
            "/out/key",
            "/out/",
            "/sub/a.js",
            "/../secret/key",
            "/%2e%2e/secret/key",
            "/k%65y",
        ] {
            assert!(leads_out(&root, path), "{path}");
        }
        for path in ["/", "/index.html", "/same.html", "/nothing", "/sub/"] {
            assert!(!leads_out(&root, path), "{path}");
        }
    }
}
