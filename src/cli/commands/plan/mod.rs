//! `keysweep plan`: report, survey and state in; Markdown, JSON and a script out.

mod rules;
mod state;
mod survey;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::cli::args::{General, Plan, Sweep};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::cli::plan as settings;
use crate::cli::terminal::Terminal;
use crate::model::{Control, Report, shell_word};
use crate::remediation::{self, Case, Catalogue, Investigated, Survey, Wishes};
use crate::report::{self, Format, Options};
use crate::sweep::sweep;

/// No report of a sweep is larger.
const REPORT_MAX: u64 = 1 << 30;

/// Runs the command; the value is the exit code.
///
/// # Errors
/// There is nothing to plan from, or the plan cannot be written.
pub(in crate::cli) fn run(general: &General, args: Plan) -> Result<u8, Failure> {
    check(general, &args)?;
    if let Some(progress) = args.mark {
        state::mark(&args.fingerprint, progress)?;
        return Ok(exit::CLEAN);
    }
    if let Some(file) = &args.write_rules {
        return rules::write(general, &args, file);
    }
    let mut subject = Subject::read(general, &args)?;
    subject.list(&args.inventory)?;
    let investigated = args
        .investigation
        .as_deref()
        .map(investigated)
        .transpose()?;
    let mut states = state::read()?;
    let mut changed = false;
    for leak in &subject.case.findings {
        let active = leak.validity.state == "active";
        changed |= states.look(&leak.fingerprint, active, subject.is_fresh);
    }
    if changed {
        state::write(&states)?;
    }
    check_named(&args, &subject.case)?;
    let out = args.out.as_deref().map(folder).transpose()?;
    let report = match (&subject.report, &out) {
        (Some(report), _) => report.clone(),
        (None, Some(out)) => out.join("report.json"),
        (None, None) => PathBuf::from("report.json"),
    };
    let wishes = Wishes {
        accounts: args.account.clone(),
        fingerprints: args.fingerprint.clone(),
        repository: bytes(&subject.repository),
        report: bytes(&report),
        out: out.as_deref().map(bytes).unwrap_or_default(),
        investigated,
    };
    let catalogue = Catalogue::of(args.lang).map_err(Failure::new)?;
    let plan = remediation::plan(&subject.case, &wishes, &subject.survey, &states);
    let markdown = remediation::markdown(&plan, &catalogue);
    let json = remediation::json(&plan, &catalogue, args.lang);
    if let Some(out) = &out {
        if let Some(json) = &subject.json {
            save(&out.join("report.json"), json, 0o600)?;
        }
        let script = remediation::script(&plan, &catalogue);
        save_all(out, [&markdown, &json, &script])?;
        print(&format!("{}\n", out.join("plan.md").display()))?;
        if !general.quiet && !plan.steps.is_empty() {
            let next = format!(
                "read it, then run its phases one by one: bash {} contain\n",
                shell_word(&out.join("plan.sh").to_string_lossy())
            );
            // A stderr that cannot be written to leaves nobody to tell.
            io::stderr().write_all(next.as_bytes()).ok();
        }
    } else if general.format == Format::Json {
        print(&json)?;
    } else {
        print(&markdown)?;
    }
    let investigated = wishes.investigated.as_ref();
    Ok(
        if subject.case.complete && investigated.is_none_or(|found| found.complete) {
            exit::CLEAN
        } else {
            exit::INCOMPLETE
        },
    )
}

/// The plan in its three forms.
fn save_all(out: &Path, [markdown, json, script]: [&String; 3]) -> Result<(), Failure> {
    save(&out.join("plan.md"), markdown.as_bytes(), 0o600)?;
    save(&out.join("plan.json"), json.as_bytes(), 0o600)?;
    save(&out.join("plan.sh"), script.as_bytes(), 0o700)
}

/// Refuses fingerprints that no finding has.
fn check_named(args: &Plan, case: &Case) -> Result<(), Failure> {
    let unknown = args.fingerprint.iter().find(|print| {
        let mut findings = case.findings.iter();
        !findings.any(|leak| leak.fingerprint == **print)
    });
    if let Some(print) = unknown {
        return Err(
            Failure::new(format!("no finding has the fingerprint `{print}`"))
                .hinted("`keysweep sweep -f json` lists them"),
        );
    }
    Ok(())
}

/// Refuses what cannot be meant.
fn check(general: &General, args: &Plan) -> Result<(), Failure> {
    if !general.output.is_empty() {
        return Err(Failure::new("a plan goes to stdout, or into a folder")
            .hinted("use --out DIR in place of --output"));
    }
    let fine = |print: &String| {
        let digits = print.strip_prefix("ks1-");
        digits.is_some_and(|d| d.len() == 32 && d.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if let Some(wrong) = args.fingerprint.iter().find(|print| !fine(print)) {
        return Err(Failure::new(format!("`{wrong}` is no fingerprint"))
            .hinted("reports show them: ks1- and 32 hexadecimal digits"));
    }
    Ok(())
}

/// What a plan is made from.
struct Subject {
    case: Case,
    survey: Survey,
    repository: PathBuf,
    /// The report's own file, if it came from one.
    report: Option<PathBuf>,
    /// The report, if it was just made.
    json: Option<Vec<u8>>,
    is_fresh: bool,
}

impl Subject {
    fn read(general: &General, args: &Plan) -> Result<Subject, Failure> {
        let given = args.subject.clone();
        match given.filter(|path| path.is_file()) {
            Some(file) => Subject::of_report(&file),
            None => Subject::of_sweep(general, args),
        }
    }

    /// From a file. The repository that it names is looked at, if it is still there.
    fn of_report(file: &Path) -> Result<Subject, Failure> {
        let shown = file.display();
        let unread = |error: io::Error| Failure::new(format!("`{shown}` cannot be read: {error}"));
        let length = file.metadata().map_err(unread)?.len();
        if length > REPORT_MAX {
            return Err(Failure::new(format!("`{shown}` is too large for a report"))
                .hinted("give the file that `keysweep sweep -f json` made"));
        }
        let json = std::fs::read(file).map_err(unread)?;
        let case = parse(&json, &shown.to_string())?;
        let target = &case.target;
        let raw = target.path_bytes.as_ref();
        let raw = raw.and_then(|text| data_encoding::BASE64.decode(text.as_bytes()).ok());
        let path = raw.unwrap_or_else(|| target.path.clone().into_bytes());
        let path = path_of(&path);
        let (repository, survey) = survey::look(&path, true, &case);
        Ok(Subject {
            survey,
            repository: repository.unwrap_or(path),
            report: Some(file.canonicalize().map_err(unread)?),
            json: None,
            is_fresh: false,
            case,
        })
    }

    /// From a sweep that is made now.
    fn of_sweep(general: &General, args: &Plan) -> Result<Subject, Failure> {
        let report = swept(general, args.subject.clone())?;
        let mut json = Vec::new();
        report::write(&report, Format::Json, &Options::default(), &mut json)
            .map_err(|error| Failure::new(format!("the report cannot be made: {error}")))?;
        let case = parse(&json, "the report")?;
        let path = args.subject.clone();
        let explicit = path.is_some();
        let path = path.unwrap_or_else(|| PathBuf::from("."));
        let (repository, survey) = survey::look(&path, explicit, &case);
        Ok(Subject {
            survey,
            repository: repository.unwrap_or(path),
            report: None,
            json: Some(json),
            is_fresh: true,
            case,
        })
    }
}

impl Subject {
    /// Adds what the owner's listings say of the keys.
    fn list(&mut self, inventory: &[PathBuf]) -> Result<(), Failure> {
        if inventory.is_empty() {
            return Ok(());
        }
        let inventory = super::inventory::read(inventory)?;
        for leak in &mut self.case.findings {
            let listed = leak.access_key_id.as_deref().map(|id| inventory.key(id));
            leak.inventory = listed.map(|listed| remediation::Listed {
                state: listed.state.name().to_owned(),
            });
        }
        Ok(())
    }
}

/// Reads what an investigation found.
fn investigated(file: &Path) -> Result<Investigated, Failure> {
    let shown = file.display();
    let hint = "give what `keysweep investigate -f json` wrote";
    let json = std::fs::read(file)
        .map_err(|error| Failure::new(format!("`{shown}` cannot be read: {error}")).hinted(hint))?;
    Investigated::read(&json)
        .map_err(|error| Failure::new(format!("`{shown}` {error}")).hinted(hint))
}

/// Sweeps all of a repository.
fn swept(general: &General, path: Option<PathBuf>) -> Result<Report, Failure> {
    let sweep_args = Sweep {
        path,
        ..Sweep::default()
    };
    let settings = settings::resolve(
        general,
        sweep_args,
        &Terminal::detect(),
        super::sweep::now(),
    )?;
    let deadline = settings.max_time.map(|time| Instant::now() + time);
    let control = Arc::new(Control::with_deadline(deadline));
    sweep(&settings.plan, &control)
        .map_err(|error| Failure::new(error.to_string()).hinted(error.hint()))
}

fn parse(json: &[u8], shown: &str) -> Result<Case, Failure> {
    Case::read(json).map_err(|error| {
        Failure::new(format!("`{shown}` {error}"))
            .hinted("give a repository, or what `keysweep sweep -f json` wrote")
    })
}

/// The folder that plans go into, made if it is not there.
fn folder(named: &Path) -> Result<PathBuf, Failure> {
    let failed = |error: io::Error| {
        Failure::new(format!(
            "the folder `{}` cannot be made: {error}",
            named.display()
        ))
        .hinted("name one that you can write to")
    };
    std::fs::create_dir_all(named).map_err(failed)?;
    let folder = named.canonicalize().map_err(failed)?;
    if folder.ancestors().any(crate::cli::output::is_git_dir) {
        return Err(
            Failure::new(format!("`{}` lies inside a git directory", named.display()))
                .hinted("name a folder outside: keysweep changes nothing in a repository"),
        );
    }
    Ok(folder)
}

/// Writes a file whole or not at all.
fn save(path: &Path, content: &[u8], mode: u32) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let mut file = tempfile::Builder::new()
            .prefix(".keysweep-")
            .suffix(".tmp")
            .tempfile_in(folder)?;
        file.write_all(content)?;
        set_mode(file.as_file(), mode)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|failed| failed.error)?;
        Ok(())
    };
    write().map_err(|error| {
        Failure::new(format!("`{}` cannot be written: {error}", path.display()))
            .hinted("what stood there before is unchanged")
    })
}

#[cfg(unix)]
fn set_mode(file: &std::fs::File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &std::fs::File, _: u32) -> io::Result<()> {
    Ok(())
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "the plan could not be written: {error}"
        ))),
        _ => Ok(()),
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
