package crashlog

import "github.com/unloop-dev/unloop/internal/lazyregexp"

// A known refusal: what a shell, a loader or an interpreter writes when it can't run the program at all.
type refusal struct {
	runtime string
	pattern *lazyregexp.Regexp
}

// refusals by runtime. They count wherever they stand at the beginning of a line, with no level needed.
var refusals = []refusal{
	{"shell", lazyregexp.New(`^(?:-?(?:/\S*/)?(?:ba|da|a|z|k)?sh|busybox|/\S+\.sh|[\w./-]+\.sh|/\S*entrypoint\S*|/bin/\S+): (?:-c: )?(?:exec: )?(?:line )?(?:\d+: )?.*(?:not found|[Pp]ermission denied|No such file or directory|[Ee]xec format error|cannot execute|[Ss]yntax error|bad (?:interpreter|substitution)|unbound variable|parameter (?:null or )?not set|can't open|cannot open|Cannot allocate memory|[Ii]llegal option|bad option|[Bb]ad number|unexpected|[Tt]ext file busy|Is a directory|[Rr]ead-only file system|Argument list too long|must be set|Resource temporarily unavailable|Killed|Segmentation fault|Illegal instruction|Bus error|Aborted)`)},
	{"shell", lazyregexp.New(`^[\w./-]+: (?:line )?\d+: .*(?:not found|[Pp]ermission denied|No such file or directory|[Ee]xec format error|cannot execute|[Ss]yntax error|bad (?:interpreter|substitution)|unbound variable|parameter (?:null or )?not set|can't open|cannot open|Cannot allocate memory|[Ii]llegal option|bad option|[Bb]ad number|unexpected|[Tt]ext file busy|Is a directory|[Rr]ead-only file system|Argument list too long|must be set|Resource temporarily unavailable|Killed|Segmentation fault|Illegal instruction|Bus error|Aborted)`)},
	{"shell", lazyregexp.New(`^exec:? "?/?\S+"?: .*(?:exec format error|[Nn]o such file or directory|not found|[Pp]ermission denied|is a directory)`)},
	{"shell", lazyregexp.New(`exec user process caused[: ]|^(?:\[FATAL +tini.*\] |\[dumb-init\] |\[tini.*\] )?exec \S+ failed: |^\[dumb-init\] \S+: |OCI runtime exec failed|executable file not found in \$PATH`)},
	{"shell", lazyregexp.New(`^(?:/usr/bin/)?env: .*(?:No such file|Permission denied|can't execute)|^(?:su-exec|gosu|setpriv|chroot|sudo|su|nohup|timeout|tini|catatonit|s6-\S+): \S.*`)},
	{"shell", lazyregexp.New(`^(?:\S+: line \d+: +\d+ )?(?:Killed|Segmentation fault|Illegal instruction|Bus error|Aborted|Floating point exception|Trace/breakpoint trap|Bad system call)(?: \(core dumped\)| +\S.*)?$`)},
	{"native", lazyregexp.New(`error while loading shared libraries: |^Error (?:loading shared library|relocating) |version ` + "`" + `\w+_[\d.]+' not found|symbol lookup error: |cannot open shared object file|^Inconsistency detected by ld\.so|requires (?:a )?(?:CPU|processor)|CPU does not support x86-64-v|^This program can only be run on|^Fatal glibc error`)},
	{"java", lazyregexp.New(`^(?:Error: (?:Unable to access jarfile|Could not create the Java Virtual Machine|A JNI error has occurred|A fatal exception has occurred|Main method not found|Invalid or corrupt jarfile|Registering|could not open)|Error occurred during initialization of (?:VM|boot layer)|Unrecognized (?:VM )?option:? |Invalid (?:maximum|initial|minimum) heap size|Terminating due to java\.lang\.|no main manifest attribute|Could not find or load main class)`)},
	{"python", lazyregexp.New(`^(?:/\S*/)?python[\d.]*: (?:can't open file|No module named|can't find|error while finding)|^Fatal Python error: |^ModuleNotFoundError: |^Error while finding module|^ERROR: Error loading ASGI app`)},
	{"node", lazyregexp.New(`^(?:/\S*/)?node: (?:bad option|.* is not allowed|--)|^error: Cannot find module`)},
	{"rust", lazyregexp.New(`^Error: [A-Z]\w*(?:\(| ?\{ )`)},
	{"php", lazyregexp.New(`^(?:Could not open input file: |php: |PHP (?:Startup|Warning:  Module))`)},
	{"ruby", lazyregexp.New(`^(?:bundler: (?:failed to load command|command not found)|Could not find (?:gem )?.* in (?:any of the sources|locally installed gems)|ruby: No such file)`)},
	{"perl", lazyregexp.New(`^Can't open perl script `)},
	{"dotnet", lazyregexp.New(`^(?:You must install (?:or update )?\.NET to run this application|The (?:application to execute|framework .*|command could not be loaded) (?:does not exist|was not found|possible)|A fatal error was encountered\.|Failed to (?:create CoreCLR|initialize CoreCLR|load the dll)|Could not execute because |Process terminated\.|Out of memory\.$|Stack overflow\.$|Couldn't find a valid ICU package)`)},
	{"", lazyregexp.New(`^(?:(?:\S+: )?(?i:error: )?(?:unknown (?:shorthand )?(?:flag|option|command|argument)\b|unrecogni[sz]ed (?:arguments?|options?|flag|command)|flag provided but not defined|flag needs an argument|invalid (?:option|argument) (?:--|"|for)|illegal option|the following (?:required )?arguments (?:are required|were not provided)|ambiguous option|required flag\(s\)|found argument|unexpected argument))`)},
	{"", lazyregexp.New(`(?i:\bleader ?election lost|^lost (?:master|leader|lease)\b)|\*\*\* FATAL |^FATAL:`)},
}

// lastWords names the runtime of a refusal, "any" when it is none of a runtime's, "" when the text is no refusal.
func lastWords(text string) string {
	if len(text) < 5 || len(text) > maxText {
		return ""
	}
	for _, r := range refusals {
		if r.pattern.MatchString(text) {
			if r.runtime == "" {
				return "any"
			}
			return r.runtime
		}
	}
	return ""
}
