// The program of image lab.local/rust:v1. Its argument says how it ends; what it prints then is worded by Rust's std.
use std::{collections::HashMap, env, fs, net::TcpStream, process};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("starting");
    match env::args().nth(1).unwrap_or_default().as_str() {
        "index" => {
            let shards: Vec<u32> = Vec::new();
            println!("{}", shards[env::args().count()]);
        }
        "expect" => {
            fs::read_to_string("/etc/rust/config.toml").expect("read the configuration");
        }
        "refused" => {
            TcpStream::connect("127.0.0.1:5432").unwrap();
        }
        "env" => {
            let url = env::var("DATABASE_URL").expect("DATABASE_URL must be set");
            println!("{url}");
        }
        "error" => {
            let text = fs::read_to_string("/etc/rust/config.toml")?;
            println!("{text}");
        }
        "overflow" => {
            let mut sizes: HashMap<&str, u8> = HashMap::new();
            sizes.insert("a", 255);
            let n: u8 = sizes["a"].checked_add(1).unwrap();
            println!("{n}");
        }
        "abort" => process::abort(),
        other => {
            eprintln!("usage: rust index|expect|refused|env|error|overflow|abort, not {other:?}");
            process::exit(64);
        }
    }
    Ok(())
}
