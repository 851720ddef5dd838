package redact

import (
	"path"
	"strings"
)

// commands are the programs that take a secret in a flag that does not say so, or as a plain argument. A word of the list is
//
//	-p        the next argument is the secret, or the rest of this one
//	-p*       the rest of this argument is the secret, as MySQL has it
//	-u:       of the same the part after the first colon is
//	-U%       … after the first %
//	@login    what follows holds only behind this argument
//	+login/2  so many arguments after this one stands the secret
var commands = map[string]string{
	// Databases and queues.
	"mysql": "-p*", "mysqladmin": "-p*", "mysqldump": "-p*", "mysqlcheck": "-p*", "mysqlimport": "-p*", "mysqlshow": "-p*", "mysqlsh": "-p*",
	"mariadb": "-p*", "mariadb-admin": "-p*", "mariadb-dump": "-p*", "xtrabackup": "-p*",
	"mongo": "-p", "mongosh": "-p", "mongodump": "-p", "mongorestore": "-p", "mongoexport": "-p", "mongoimport": "-p", "mongostat": "-p",
	"redis-cli": "-a", "valkey-cli": "-a", "redis-benchmark": "-a", "memtier_benchmark": "-a",
	"cqlsh": "-p", "nodetool": "-pw", "sqlcmd": "-P", "bcp": "-P", "isql": "-P", "tsql": "-P", "beeline": "-p", "cbq": "-p",
	"couchbase-cli": "-p", "cbbackupmgr": "-p", "influx": "-t -p", "etcdctl": "--user:",
	"rabbitmqctl": "+add_user/2 +change_password/2 +authenticate_user/2", "rabbitmqadmin": "-p",
	"mosquitto_pub": "-P", "mosquitto_sub": "-P", "mosquitto_rr": "-P", "mosquitto_passwd": "+-b/3",
	// HTTP, files and hosts.
	"curl": "-u: --user: -U: --proxy-user: -b --cookie", "ab": "-A: -P:", "lftp": "-u,", "mc": "+set/4 +add/4",
	"sshpass": "-p", "plink": "-pw", "pscp": "-pw", "psftp": "-pw", "ipmitool": "-P", "snmpget": "-c -A -X", "snmpwalk": "-c -A -X",
	"smbclient": "-U% --user%", "rpcclient": "-U%", "smbmap": "-p", "net": "-U%",
	"zip": "-P", "unzip": "-P", "7z": "-p*", "7za": "-p*", "7zz": "-p*",
	// Registries and clouds.
	"docker": "@login -p", "podman": "@login -p --creds:", "nerdctl": "@login -p", "helm": "@login -p", "oras": "@login -p", "crane": "@login -p",
	"skopeo": "--creds: --src-creds: --dest-creds: -p", "buildah": "--creds: -p", "az": "@login -p", "oc": "@login -p",
	"vault": "+login/1 +unwrap/1", "aws": "+aws_secret_access_key/1 +aws_session_token/1", "ngrok": "+authtoken/1 +add-authtoken/1",
	// Directories, keys and certificates.
	"ldapsearch": "-w", "ldapmodify": "-w", "ldapadd": "-w", "ldapdelete": "-w", "ldapwhoami": "-w", "ldappasswd": "-w -s -a", "kadmin": "-w",
	"keytool": "-storepass -keypass -srcstorepass -deststorepass -srckeypass -destkeypass", "jarsigner": "-storepass -keypass",
	"openssl":  "-passin: -passout: -pass: -k -K",
	"htpasswd": "+-b/3 +-nb/2 +-bn/2 +-bc/3 +-cb/3 +-nbB/2 +-Bbn/2 +-bB/3 +-bnB/2",
}

// argument is one argument of a command line.
type argument struct {
	text   string
	start  int  // where it stands in the line
	ends   bool // the command ends before it
	quoted byte // the quote that it began with
}

// appendCommands finds the secrets of command lines in a line of text.
func appendCommands(found []span, line string) []span {
	args := splitArguments(line)
	for _, s := range commandSecrets(args) {
		a := args[s.argument]
		start, end := a.start+s.start, a.start+s.end
		if a.quoted != 0 && s.end == len(a.text) { // the quotes may hold blanks
			if i := strings.IndexByte(line[end:], a.quoted); i >= 0 {
				end += i
			}
		}
		found = append(found, span{start, end})
	}
	return found
}

// splitArguments splits at blanks and quotes, and at what divides commands and the elements of a list in JSON.
func splitArguments(line string) []argument {
	var args []argument
	ends, quote := false, byte(0)
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case strings.IndexByte(";|&\n(", c) >= 0:
			ends, quote = true, 0
		case isQuote(c):
			quote = c
		case isBlank(c), c == ',', c == '[', c == ']', c == ')':
			quote = 0
		default:
			start := i
			for i < len(line) && !isBlank(line[i]) && !isQuote(line[i]) && strings.IndexByte(";|&\n", line[i]) < 0 {
				i++
			}
			args = append(args, argument{strings.TrimRight(line[start:i], ",])"), start, ends, quote})
			ends, quote = false, 0
			continue
		}
		i++
	}
	return args
}

// place of a secret in a command line.
type argumentSecret struct{ argument, start, end int }

// commandSecrets finds the secrets by the flags of the programs in [commands]. Of other programs -p and -u are believed to
// take a password and a user with one if the value looks so.
func commandSecrets(args []argument) []argumentSecret {
	var found []argumentSecret
	program, spec := "", ""
	for i := range args {
		arg := args[i].text
		if args[i].ends {
			program, spec = "", ""
		}
		if known, ok := commands[path.Base(arg)]; ok && !strings.HasPrefix(arg, "-") {
			program, spec = arg, known
			continue
		}
		if program == "" && strings.HasPrefix(arg, "-") {
			found = appendGuess(found, args, i)
			continue
		}
		found = appendKnown(found, args, i, spec)
	}
	return found
}

// appendKnown tries the words of a program's list on the i-th argument.
func appendKnown(found []argumentSecret, args []argument, i int, spec string) []argumentSecret {
	arg := args[i].text
	skipped := switches(arg, spec)
	if arg = arg[skipped:]; skipped > 0 {
		arg = "-" + arg[1:]
	}
	open := true
	for word := range strings.FieldsSeq(spec) {
		if subcommand, ok := strings.CutPrefix(word, "@"); ok {
			open = within(args, i, subcommand)
			continue
		}
		if after, ok := strings.CutPrefix(word, "+"); ok {
			anchor, n, _ := strings.Cut(after, "/")
			if at := i + int(n[0]-'0'); arg == anchor && at < len(args) {
				found = appendSecret(found, args, at, 0, 0)
			}
			continue
		}
		flag := strings.TrimRight(word, ":%*,")
		if !open || !strings.HasPrefix(arg, flag) {
			continue
		}
		divider := byte(0)
		if last := word[len(word)-1]; last != '*' && last != flag[len(flag)-1] {
			divider = last
		}
		switch rest := arg[len(flag):]; {
		case rest == "" && !strings.HasSuffix(word, "*") && i+1 < len(args):
			found = appendSecret(found, args, i+1, 0, divider)
		case strings.HasPrefix(rest, "="):
			found = appendSecret(found, args, i, skipped+len(flag)+1, divider)
		case len(flag) == 2 && (divider != 0 || strings.HasSuffix(word, "*") && rest != "" || !isFlagName(rest)):
			found = appendSecret(found, args, i, skipped+len(flag), divider)
		}
	}
	return found
}

// isFlagName says whether what follows the letter of a flag makes it another flag, as in openssl's -keyout, and is no secret.
func isFlagName(rest string) bool { return strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz-") == "" }

// switches is how many bytes to leave out so that a flag of curl stands first in an argument that begins with others, as in
// -sSu: the last of those takes the place of the dash.
func switches(arg, spec string) int {
	if !strings.Contains(spec, "--proxy-user") || len(arg) < 3 || arg[0] != '-' || arg[1] == '-' {
		return 0
	}
	n := 1
	for n < len(arg) && strings.IndexByte("sSkLfgvi#", arg[n]) >= 0 {
		n++
	}
	return n - 1
}

// maxBefore bounds how far back a subcommand is looked for.
const maxBefore = 32

// within says whether an argument stands before the i-th in the same command.
func within(args []argument, i int, subcommand string) bool {
	for first := max(0, i-maxBefore); i >= first; i-- {
		if args[i].text == subcommand {
			return true
		}
		if args[i].ends {
			break
		}
	}
	return false
}

// appendSecret takes the rest of an argument for the secret, or what follows the divider in it.
func appendSecret(found []argumentSecret, args []argument, i, start int, divider byte) []argumentSecret {
	arg := args[i].text
	if divider != 0 {
		at := strings.IndexByte(arg[start:], divider)
		if at < 0 {
			return found
		}
		source := arg[start : start+at]
		start += at + 1
		if source == "file" || source == "env" || source == "fd" || source == "stdin" { // of openssl's -passin
			return found
		}
	} else if start == 0 && strings.HasPrefix(arg, "-") {
		return found // a flag: the secret was left out
	}
	if secret := arg[start:]; secret == "" || isReference(secret) || strings.Contains(secret, Marker) {
		return found
	}
	return append(found, argumentSecret{i, start, len(arg)})
}

// appendGuess looks at a flag of a program that is not known.
func appendGuess(found []argumentSecret, args []argument, i int) []argumentSecret {
	if i+1 >= len(args) {
		return found
	}
	value := args[i+1].text
	switch args[i].text {
	case "-u", "--user":
		if _, password, ok := strings.Cut(value, ":"); ok && looksGiven(password) {
			return appendSecret(found, args, i+1, 0, ':')
		}
	case "-p", "-P", "-w", "-pw":
		if len(value) >= 8 && looksGiven(value) && (isVaried(value) || strings.ContainsAny(value, "!#$%^&*")) && !isPath(value) {
			return appendSecret(found, args, i+1, 0, 0)
		}
	case "-passin", "-passout", "-pass":
		return appendSecret(found, args, i+1, 0, ':')
	}
	return found
}

// Args gives a command line without its secrets: --password=x, --token x, what the programs in [commands] take, and
// whatever Text finds in a single argument.
func Args(argv []string) []string { return (*Rules)(nil).Args(argv) }

// Args gives a command line without its secrets.
func (r *Rules) Args(argv []string) []string {
	args := make([]argument, len(argv))
	out := make([]string, len(argv))
	for i, arg := range argv {
		args[i] = argument{text: arg}
		out[i] = r.Text(arg)
		if i > 0 && isSecretFlag(argv[i-1], arg) {
			out[i] = Marker
		}
	}
	for _, s := range commandSecrets(args) {
		out[s.argument] = argv[s.argument][:s.start] + Marker
	}
	return out
}

// isSecretFlag says whether a flag takes a secret and the next argument is it.
func isSecretFlag(flag, value string) bool {
	return strings.HasPrefix(flag, "-") && !strings.ContainsAny(flag, "= ") && !strings.HasPrefix(value, "-") && !public(value) &&
		flagIsSecret([]string{strings.TrimLeft(flag, "-"), value})
}
