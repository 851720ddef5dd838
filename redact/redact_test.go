package redact

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fake makes a token of n characters at run time, so that no scanner of this repository takes it for a real one.
func fake(prefix string, n int, alphabet string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for i := range n {
		b.WriteByte(alphabet[(i*7+3)%len(alphabet)])
	}
	return b.String()
}

const (
	alnum  = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z"
	upper  = "ABCDEFGH2345IJKLMNOP67"
	hex    = "0123456789abcdef"
	letter = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func TestTextRedactsForms(t *testing.T) {
	forms := map[string]string{
		"aws access key":      fake("AK"+"IA", 16, upper),
		"aws session key":     fake("AS"+"IA", 16, upper),
		"google api key":      fake("AI"+"za", 35, alnum),
		"google oauth token":  fake("ya"+"29.", 40, alnum),
		"google client":       fake("GOC"+"SPX-", 28, alnum),
		"github token":        fake("gh"+"p_", 36, alnum),
		"github server token": fake("gh"+"s_", 36, alnum),
		"github fine-grained": fake("github"+"_pat_", 40, alnum),
		"gitlab token":        fake("gl"+"pat-", 20, alnum),
		"gitlab runner":       fake("gl"+"rt-", 20, alnum),
		"slack bot token":     fake("xo"+"xb-", 30, "0123456789"),
		"slack app token":     fake("xa"+"pp-1-", 30, alnum),
		"stripe key":          fake("sk"+"_live_", 24, alnum),
		"stripe webhook":      fake("wh"+"sec_", 32, alnum),
		"npm token":           fake("np"+"m_", 36, alnum),
		"pypi token":          fake("py"+"pi-", 60, alnum),
		"docker token":        fake("dckr"+"_pat_", 27, alnum),
		"sendgrid":            fake("S"+"G.", 22, alnum) + "." + fake("", 43, alnum),
		"openai":              fake("s"+"k-proj-", 40, alnum),
		"vault":               fake("h"+"vs.", 40, alnum),
		"telegram":            fake("12345"+"6789:AA", 33, alnum),
		"jwt":                 fake("ey"+"J", 20, alnum) + "." + fake("ey"+"J", 30, alnum) + "." + fake("", 43, alnum),
		"base64 of pem":       "LS0tLS1C" + "RUdJTi" + fake("", 60, alnum),
	}
	for name, secret := range forms {
		t.Run(name, func(t *testing.T) {
			for _, around := range [][2]string{{"", ""}, {"using ", " to log in"}, {`{"x":"`, `"}`}, {"a=", ";b=c"}} {
				in, want := around[0]+secret+around[1], around[0]+Marker+around[1]
				if got := Text(in); got != want {
					t.Errorf("Text(%q) = %q, want %q", in, got, want)
				}
			}
		})
	}
}

func TestText(t *testing.T) {
	random := fake("", 40, alnum)
	tests := []struct{ name, in, want string }{
		// Connection strings: host, port, user and database stay.
		{"postgres url", "dial postgres://app:hunter2@db:5432/shop?sslmode=disable: refused", "dial postgres://app:[redacted]@db:5432/shop?sslmode=disable: refused"},
		{"sqlalchemy", "postgresql+psycopg2://app:hunter2@db/shop", "postgresql+psycopg2://app:[redacted]@db/shop"},
		{"amqp", "amqp://guest:gu3st@rabbit:5672/%2f", "amqp://guest:[redacted]@rabbit:5672/%2f"},
		{"mongodb", `"mongodb+srv://u:p%40ss@c0.example.net/db?retryWrites=true"`, `"mongodb+srv://u:[redacted]@c0.example.net/db?retryWrites=true"`},
		{"redis without a user", "redis://:s3cret@cache:6379/0", "redis://:[redacted]@cache:6379/0"},
		{"password with an at sign", "mysql://u:p@ss@db:3306/x", "mysql://u:[redacted]@db:3306/x"},
		{"password with a slash", "mysql://u:pa/ss@db:3306/x", "mysql://u:[redacted]@db:3306/x"},
		{"jdbc", "jdbc:mysql://db:3306/shop?user=app&password=hunter2&useSSL=false", "jdbc:mysql://db:3306/shop?user=app&password=[redacted]&useSSL=false"},
		{"jdbc oracle", "jdbc:oracle:thin:scott/tiger@//db:1521/orcl", "jdbc:oracle:thin:scott/[redacted]@//db:1521/orcl"},
		{"ado", "Server=db;Database=shop;User Id=app;Password=hun;Encrypt=true", "Server=db;Database=shop;User Id=app;Password=[redacted];Encrypt=true"},
		{"ado pwd", "Server=db;Uid=app;Pwd=hunter2;", "Server=db;Uid=app;Pwd=[redacted];"},
		{"libpq", "host=db port=5432 user=app password=hunter2 dbname=shop", "host=db port=5432 user=app password=[redacted] dbname=shop"},
		{"libpq quoted", "host=db password='hunter 2' dbname=shop", "host=db password='[redacted]' dbname=shop"},
		{"go mysql dsn", "dsn app:hunter2@tcp(db:3306)/shop", "dsn app:[redacted]@tcp(db:3306)/shop"},
		{"azure storage", "AccountName=acme;AccountKey=" + random + "==;EndpointSuffix=core", "AccountName=acme;AccountKey=[redacted];EndpointSuffix=core"},
		{"sentry dsn", "https://" + fake("", 32, hex) + "@o1.ingest.sentry.io/42", "https://[redacted]@o1.ingest.sentry.io/42"},

		// Assignments.
		{"env", "DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted]"},
		{"export", `export DB_PASSWORD="hunter 2"`, `export DB_PASSWORD="[redacted]"`},
		{"one word", "PGPASSWORD=hunter2 psql", "PGPASSWORD=[redacted] psql"},
		{"java property", "-Dspring.datasource.password=hunter2 -Xmx512m", "-Dspring.datasource.password=[redacted] -Xmx512m"},
		{"json", `{"user":"app","password":"hun\"ter2","port":5432}`, `{"user":"app","password":"[redacted]","port":5432}`},
		{"json number", `{"password":123456,"port":5432}`, `{"password":[redacted],"port":5432}`},
		{"json in json", `{"msg":"{\"clientSecret\":\"hunter2\",\"a\":1}"}`, `{"msg":"{\"clientSecret\":\"[redacted]\",\"a\":1}"}`},
		{"python dict", "{'api_key': 'hunter2', 'x': 1}", "{'api_key': '[redacted]', 'x': 1}"},
		{"ruby hash", `:password=>"hunter2", :user=>"app"`, `:password=>"[redacted]", :user=>"app"`},
		{"go struct", "{User:app Password:hunter2 Port:5432}", "{User:app Password:[redacted] Port:5432}"},
		{"yaml", "    dbPassword: hunter2", "    dbPassword: [redacted]"},
		{"yaml words", "db_password: correct horse battery", "db_password: [redacted]"},
		{"describe", "      DB_PASSWORD:  hunter2", "      DB_PASSWORD:  [redacted]"},
		{"plain lower-case password", "password: swordfish", "password: [redacted]"},
		{"in a sentence", "connecting with password: swordfish", "connecting with password: [redacted]"},
		{"in a sentence that goes on", "connecting with password: hunter2 as app", "connecting with password: [redacted] as app"},
		{"comma", "user=app, password=hun,ter2, port=1", "user=app, password=[redacted], port=1"},
		{"query", "GET /x?access_token=abcdef&page=2", "GET /x?access_token=[redacted]&page=2"},
		{"weak name, random value", "key=" + random, "key=[redacted]"},
		{"aws secret", "aws_secret_access_key = " + random, "aws_secret_access_key = [redacted]"},
		{"npmrc", "//registry.npmjs.org/:_authToken=" + random, "//registry.npmjs.org/:_authToken=[redacted]"},
		{"already redacted in part", "password=[redacted] token=abc", "password=[redacted] token=[redacted]"},

		// Headers.
		{"bearer", "Authorization: Bearer " + random, "Authorization: Bearer [redacted]"},
		{"bearer in json", `{"Authorization":"Bearer abc.def"}`, `{"Authorization":"Bearer [redacted]"}`},
		{"bearer alone", "sent bearer " + random, "sent bearer [redacted]"},
		{"basic", "authorization: Basic YXBwOmh1bnRlcjI=", "authorization: Basic [redacted]"},
		{"basic alone", "with Basic YXBwOmh1bnRlcjI=", "with Basic [redacted]"},
		{"cookie", "Set-Cookie: sid=abcdef; Path=/", "Set-Cookie: [redacted]"},
		{"api key header", "X-Api-Key: hunter2", "X-Api-Key: [redacted]"},
		{"docker config", `{"auths":{"r.example":{"auth":"YXBwOmh1bnRlcjI="}}}`, `{"auths":{"r.example":{"auth":"[redacted]"}}}`},

		// Commands.
		{"flag", "run --password=hunter2 --port=80", "run --password=[redacted] --port=80"},
		{"flag and argument", "run --token hunter2 --port 80", "run --token [redacted] --port 80"},
		{"flag first", "--token hunter2 x", "--token [redacted] x"},
		{"flag in a list", `["run","--db-password","hunter2"]`, `["run","--db-password","[redacted]"]`},
		{"mysql", "mysql -h db -uapp -phunter2 shop", "mysql -h db -uapp -p[redacted] shop"},
		{"redis-cli", "redis-cli -h cache -a hunter2 ping", "redis-cli -h cache -a [redacted] ping"},
		{"curl", "curl -u app:hunter2 http://x/", "curl -u app:[redacted] http://x/"},
		{"sql", "CREATE USER app IDENTIFIED BY 'hunter2'", "CREATE USER app IDENTIFIED BY '[redacted]'"},
		{"sql with a plugin", "ALTER USER 'app'@'%' IDENTIFIED WITH native BY 'hunter2';", "ALTER USER 'app'@'%' IDENTIFIED WITH native BY '[redacted]';"},
		{"slack webhook", "POST https://hooks.slack.com/services/T0/B0/abc", "POST https://hooks.slack.com/services/[redacted]"},
		{"env list in json", `[{"name":"DB_PASSWORD","value":"hunter2"},{"name":"PORT","value":"80"}]`, `[{"name":"DB_PASSWORD","value":"[redacted]"},{"name":"PORT","value":"80"}]`},

		// Several lines.
		{"env list in yaml", "- name: DB_PASSWORD\n  value: hunter2\n- name: PORT\n  value: \"80\"", "- name: DB_PASSWORD\n  value: [redacted]\n- name: PORT\n  value: \"80\""},
		{"block scalar", "password: |\n  hunter2\n  more\nport: 80", "password: |\n  [redacted]\n  [redacted]\nport: 80"},
		{"crlf", "a\r\npassword=hunter2\r\nb\r\n", "a\r\npassword=[redacted]\r\nb\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Text(tt.in)); diff != "" {
				t.Errorf("Text (-want +got):\n%s", diff)
			}
			checkLaws(t, tt.in)
		})
	}
}

// TestTextKeeps holds lines that a diagnosis rests on and that no rule may touch.
func TestTextKeeps(t *testing.T) {
	lines := []string{
		`FATAL: password authentication failed for user "app"`,
		`pq: password authentication failed for user "app" (SQLSTATE 28P01)`,
		"Access denied for user 'app'@'10.0.0.7' (using password: YES)",
		"token expired",
		"invalid token: token is expired by 3h0m0s",
		"invalid token: expired",
		"error: authentication token: signature is invalid",
		`secret "db" not found`,
		`MountVolume.SetUp failed for volume "tls" : secret "db-tls" not found`,
		`Error: couldn't find key password in Secret default/db`,
		`"Unable to retrieve pull secret, the image pull may not succeed." pod="default/api" secret="default/regcred"`,
		"SyntaxError: Unexpected token < in JSON at position 0",
		"parse error: unexpected token: }",
		`required key DB_PASSWORD missing value`,
		"DB_PASSWORD: is not set",
		`KeyError: 'DB_PASSWORD'`,
		"environment variable SECRET_KEY_BASE is missing",
		"DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
		"POSTGRES_PASSWORD_FILE=/run/secrets/db",
		"open /etc/secrets/token: permission denied",
		"token=/var/run/secrets/kubernetes.io/serviceaccount/token",
		"tokenExpirationSeconds: 3607",
		"automountServiceAccountToken: true",
		"    SecretName:  db-tls",
		"secretName: db-tls",
		"      secretKeyRef:",
		"key: password",
		"max_tokens=4096 tokens: 512",
		"TOKENIZERS_PARALLELISM=false",
		"TOKEN_URL=https://login.example.com/oauth/token",
		"registry.example.com/tools/secret-token:v2",
		"registry.example.com:5000/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"imageID: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"uid: 6719a7a9-e865-4e62-b141-c35209c45fc6",
		"key=6719a7a9-e865-4e62-b141-c35209c45fc6",
		`"Reconciler error" key="default/api-7d4f9c8b6d-x2x4z"`,
		"pod-template-hash=547cc45594 controller-revision-hash: 5677b9696d",
		"basic authentication failed",
		"the bearer authentication handler is missing",
		"dial tcp 10.96.14.3:5432: connect: connection refused",
		"http://api:8080/healthz?probe=1@2",
		"exit code: 137",
		"JAVA_OPTS=-Xmx512m -XX:MaxRAMPercentage=75",
		"2026-11-22T11:48:10Z INFO server listening on :8080",
		"GET /login HTTP/1.1 401",
		"-----BEGIN CERTIFICATE-----",
		"PASSWORD=$(DB_PASSWORD) other=${TOKEN} third={{ .Values.token }}",
		"password=******",
		"Can't locate revision identified by '1a2b3c4d5e6f'",
		"oauth2: cannot fetch token: invalid_client",
		"set this string with `bin/rails credentials:edit`",
		"Take it from a Secret: `env: [{name: X}]`",
	}
	for _, line := range lines {
		if got := Text(line); got != line {
			t.Errorf("Text changed a line that holds no secret:\n in  %s\n out %s", line, got)
		}
	}
}

func TestTextRedactsPrivateKeys(t *testing.T) {
	header, footer := "-----BEGIN RSA "+"PRIVATE KEY-----", "-----END RSA "+"PRIVATE KEY-----"
	body := fake("MII", 61, alnum)
	tests := []struct{ name, in, want string }{
		{"block", header + "\n" + body + "\nab==\n" + footer + "\nnext", header + "\n[redacted]\n[redacted]\n" + footer + "\nnext"},
		{"indented", "  " + header + "\n  " + body + "\n  " + footer, "  " + header + "\n  [redacted]\n  " + footer},
		{"behind a prefix", "app | " + header + "\napp | " + body + "\napp | " + footer, "app | " + header + "\napp | [redacted]\napp | " + footer},
		{"cut short", header + "\n" + body + "\npanic: cannot go on", header + "\n[redacted]\npanic: cannot go on"},
		{"encrypted", header + "\nProc-Type: 4,ENCRYPTED\n\n" + body + "\n" + footer, header + "\nProc-Type: 4,ENCRYPTED\n\n[redacted]\n" + footer},
		{"joined", `k="` + header + `\n` + body + `\n` + footer + `\n"`, `k="` + header + "[redacted]" + footer + `\n"`},
		{"joined and cut short", header + `\n` + body, header + "[redacted]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Text(tt.in)); diff != "" {
				t.Errorf("Text (-want +got):\n%s", diff)
			}
			checkLaws(t, tt.in)
		})
	}
}

// checkLaws checks what holds for every text: redacting is idempotent and keeps the number of lines.
func checkLaws(t *testing.T, in string) {
	t.Helper()
	once := Text(in)
	if twice := Text(once); twice != once {
		t.Errorf("redacting %q twice changes it:\n once  %q\n twice %q", in, once, twice)
	}
	if a, b := strings.Count(in, "\n"), strings.Count(once, "\n"); a != b {
		t.Errorf("redacting %q changes the number of lines from %d to %d", in, a, b)
	}
	if got := string(Bytes([]byte(in))); got != once {
		t.Errorf("Bytes(%q) = %q, want what Text gives: %q", in, got, once)
	}
}

func FuzzText(f *testing.F) {
	f.Add("DB_PASSWORD=hunter2\nport: 80")
	f.Add("postgres://app:hunter2@db:5432/shop password='it''s'")
	f.Add(`{"name":"TOKEN","value":"abc"} Authorization: Digest username="x"`)
	f.Add("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----")
	f.Add("secret: |\n  a\n b\n--token x -p mysql -px")
	f.Add("password=password=[redacted]x,password:y;token=>'z")
	f.Fuzz(func(t *testing.T, in string) { checkLaws(t, in) })
}

func BenchmarkText(b *testing.B) {
	clean := "2026-11-22T11:48:10.123Z INFO  [main] c.e.shop.OrderService: order 4711 of customer 17 accepted in 12ms\n"
	secret := "2026-11-22T11:48:10.123Z DEBUG [main] connecting postgres://app:hunter2@db:5432/shop token=abc\n"
	for name, text := range map[string]string{
		"clean":    strings.Repeat(clean, 1000),
		"secrets":  strings.Repeat(secret, 1000),
		"one line": strings.Repeat("key=value ", 10_000),
		// Inputs made to cost more than linear time.
		"keys":      strings.Repeat("key=", 25_000),
		"urls":      strings.Repeat("x://", 25_000),
		"passwords": strings.Repeat("password: a  ", 8_000) + strings.Repeat(" ", 50_000),
		"quotes":    strings.Repeat(`token="$(`, 11_000),
		"addresses": strings.Repeat("password=http://", 6_000),
		"lists":     strings.Repeat("passwords=[", 9_000),
		"medium":    strings.Repeat("auth=", 20_000),
		"commands":  strings.Repeat("docker -p ", 10_000),
		"bars":      strings.Repeat("| password ", 9_000),
		"encoded":   strings.Repeat("password%3D", 9_000),
		"elements":  strings.Repeat("<password>", 10_000),
		"bearers":   strings.Repeat("mysql basic bearer authorization ", 3_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Text(text)
			}
		})
	}
}
