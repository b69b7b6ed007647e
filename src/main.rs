//! `tutela`: arguments in, command run, exit code out; nothing else.

fn main() -> std::process::ExitCode {
    tutela::cli::main()
}
