//! Connection strings on the command line of PostgreSQL's programs: every user of the machine can read command lines, so the
//! password travels in the environment instead.

/// Splits the password off a connection string, which may have the form `host=… password=…` or
/// `postgres://user:password@host/database`. A string of neither form comes back unchanged: PostgreSQL's programs will say
/// what is wrong with it.
pub fn split_password(connection: &str) -> (String, Option<String>) {
    for scheme in ["postgres://", "postgresql://"] {
        if let Some(rest) = connection.strip_prefix(scheme) {
            return split_url(scheme, rest);
        }
    }
    let Some(pairs) = pairs(connection) else { return (connection.into(), None) };
    let password = pairs.iter().rev().find(|(k, _)| k == "password").map(|(_, v)| v.clone());
    let rest: Vec<String> = pairs.iter().filter(|(k, _)| k != "password").map(|(k, v)| format!("{k}={}", quoted(v))).collect();
    (rest.join(" "), password)
}

fn split_url(scheme: &str, rest: &str) -> (String, Option<String>) {
    let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    let split = authority.rfind('@').and_then(|at| Some((at, authority[..at].find(':')?)));
    match split {
        Some((at, colon)) => (format!("{scheme}{}{}", &rest[..colon], &rest[at..]), Some(percent_decoded(&rest[colon + 1..at]))),
        None => (format!("{scheme}{rest}"), None),
    }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(std::str::from_utf8(h).ok()?, 16).ok());
        match hex {
            Some(b) if bytes[i] == b'%' => {
                out.push(b);
                i += 3;
            }
            _ => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The pairs of `key=value key = 'value with spaces'`; `None` if it is not of that form.
fn pairs(connection: &str) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    let mut rest = connection.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let (value, after) = value(after.trim_start())?;
        let key = key.trim();
        if !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        out.push((key.to_string(), value));
        rest = after.trim_start();
    }
    Some(out)
}

/// One value, quoted or up to the next blank, with `\` before any character taken literally; and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let (is_quoted, body) = text.strip_prefix('\'').map_or((false, text), |b| (true, b));
    let mut value = String::new();
    let mut chars = body.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            '\'' if is_quoted => return Some((value, &body[i + 1..])),
            c if c.is_whitespace() && !is_quoted => return Some((value, &body[i..])),
            c => value.push(c),
        }
    }
    (!is_quoted).then_some((value, ""))
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_split_off() {
        let cases = [
            ("host=/run/x user=quell", "host='/run/x' user='quell'", None),
            ("host = '/a b' password='it\\'s 1' dbname=q", "host='/a b' dbname='q'", Some("it's 1")),
            ("postgres://quell:p%40ss@db.example/quell?sslmode=require", "postgres://quell@db.example/quell?sslmode=require", Some("p@ss")),
            ("postgresql://db.example:5432/quell", "postgresql://db.example:5432/quell", None),
            ("postgres://quell@[::1]:5432/q", "postgres://quell@[::1]:5432/q", None),
            ("nonsense", "nonsense", None),
            (" postgres://u:p@h/d?x=1 password=q", " postgres://u:p@h/d?x=1 password=q", None),
        ];
        for (given, rest, password) in cases {
            assert_eq!(split_password(given), (rest.to_string(), password.map(String::from)), "{given}");
        }
    }
}
